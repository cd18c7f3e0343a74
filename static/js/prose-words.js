/**
 * The words of the editor's buttons and dialogs in the interface's language, from <script id="prose-words">.
 * Runs before the editor's own module, which takes `gettext` from the window when it loads.
 */

const words = JSON.parse(document.getElementById("prose-words")?.textContent ?? "{}");
window.gettext = (text) => words[text] ?? text;
