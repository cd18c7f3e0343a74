/**
 * What the desk's editor knows beyond the library: everything that profiles/texts.py lets stand on a page.
 *
 * django_prose_editor's "configurable" preset imports this module (DJANGO_PROSE_EDITOR_EXTENSIONS) and takes the
 * extensions that profiles/editing/widgets.py names from here first, from the library otherwise. Tables arrive with their
 * caption as a paragraph before them and without heads: see profiles/editing/html.py, which also takes the text back.
 */

import {
  Extension, HTML, Link as BaseLink, Mark, Node, OrderedList as BaseOrderedList, Subscript as BaseSubscript,
  Superscript as BaseSuperscript, Table as BaseTable, gettext, updateAttrsDialog,
} from "django-prose-editor/editor";

const NOTE_ID = /^note(?:ref)?-[0-9]{1,3}$/;
const NOTE_NUMBER = /^#note-([0-9]{1,3})$/;
const ADDRESS = /^(?:https?:\/\/[^\s]+|mailto:[^\s]+@[^\s]+|\/(?:ar|en|fr)\/[a-z0-9/._-]*(?:#[a-z0-9-]+)?|#note(?:ref)?-[0-9]{1,3})$/i;

/* Attributes that may stand on a page. Splitting a paragraph or an item repeats none of them. */

function attribute(name, isAllowed) {
  return {
    default: null,
    keepOnSplit: false,
    parseHTML: (element) => {
      const value = element.getAttribute(name);
      return value !== null && isAllowed(value) ? value : null;
    },
  };
}

function oneClassOf(...names) {
  return { default: null, keepOnSplit: false, parseHTML: ({ classList }) => names.find((name) => classList.contains(name)) ?? null };
}

const id = attribute("id", (value) => NOTE_ID.test(value));
const lang = attribute("lang", (value) => /^[a-z]{2,3}$/i.test(value));

export const Allowed = Extension.create({
  name: "allowed",
  addGlobalAttributes() {
    return [
      { types: ["paragraph"], attributes: { class: oneClassOf("definition", "caption"), id } },
      { types: ["orderedList"], attributes: { class: oneClassOf("notes") } },
      { types: ["listItem", "superscript", "link"], attributes: { id } },
      { types: ["italic"], attributes: { lang } },
      { types: ["tableCell", "tableHeader"], attributes: { class: oneClassOf("num") } },
      { types: ["tableHeader"], attributes: { scope: attribute("scope", (value) => /^(?:col|row)(?:group)?$/.test(value)) } },
    ];
  },
});

/* Marks. A higher priority puts a mark's element outside the others: <sup><a>, <a><em>, <em><bdi>. */

export const Superscript = BaseSuperscript.extend({ priority: 1100 });
export const Subscript = BaseSubscript.extend({ priority: 1100 });

export const Bdi = Mark.create({
  name: "bdi",
  priority: 50,
  addAttributes: () => ({ dir: attribute("dir", (value) => ["ltr", "rtl", "auto"].includes(value)), lang }),
  parseHTML: () => [{ tag: "bdi" }],
  renderHTML: ({ HTMLAttributes }) => ["bdi", HTMLAttributes, 0],
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "bdi",
      groups: "marks",
      button: buttons.material("compare_arrows", "bdi"),
      command: (editor) => editor.chain().focus().toggleMark("bdi").run(),
      active: (editor) => editor.isActive("bdi"),
      enabled: (editor) => editor.can().toggleMark("bdi"),
    });
  },
});

const askForLink = updateAttrsDialog(
  {
    href: { type: "string", title: gettext("URL") },
    hreflang: { type: "string", title: gettext("Language of the linked page"), description: " ar, en, fr …" },
  },
  { title: gettext("Edit Link"), submitText: gettext("Update") },
);

export const Link = BaseLink.extend({
  addOptions() {
    return {
      ...this.parent?.(),
      autolink: false,
      openOnClick: false,
      enableTarget: false,
      HTMLAttributes: {},
      isAllowedUri: (address) => Boolean(address) && ADDRESS.test(address),
    };
  },
  addAttributes: () => ({
    href: { default: null },
    hreflang: attribute("hreflang", (value) => /^[a-z]{2,3}$/i.test(value)),
  }),
  addCommands() {
    return { ...this.parent?.(), addLink: () => ({ editor }) => void writeLink(editor) };
  },
});

async function writeLink(editor) {
  if (editor.state.selection.empty && !editor.isActive("link")) return;
  const asked = await askForLink(editor, editor.getAttributes("link"));
  if (!asked) return;
  const link = { href: asked.href.trim(), hreflang: asked.hreflang.trim() || null };
  const chain = editor.chain().focus().extendMarkRange("link");
  (ADDRESS.test(link.href) ? chain.setLink(link) : chain.unsetLink()).run();
}

/* Lists and notes. */

export const OrderedList = BaseOrderedList.extend({
  addAttributes: () => ({}), // neither start nor type may stand on a page
  addNodeView: () => null, // the library's own would not show the class
});

/** A note's number in the text, `<sup><a href="#note-1">1</a></sup>`: one piece, deleted by one key. */
export const NoteReference = Node.create({
  name: "noteReference",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ number: { default: "1", rendered: false }, text: { default: "1", rendered: false }, id }),
  parseHTML: () => [{ tag: 'sup:has(> a[href^="#note-"])', priority: 100, getAttrs: readNoteReference }],
  renderHTML: ({ node, HTMLAttributes }) => ["sup", HTMLAttributes, ["a", { href: `#note-${node.attrs.number}` }, node.attrs.text]],
  renderText: ({ node }) => node.attrs.text,
  addCommands: () => ({ insertNote: () => insertNote }),
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "note",
      groups: "link",
      button: buttons.text("[1]", "note"),
      command: (editor) => editor.chain().focus().insertNote().run(),
    });
  },
});

function readNoteReference(sup) {
  const [link, ...others] = sup.querySelectorAll("a");
  const number = NOTE_NUMBER.exec(link.getAttribute("href"));
  const isAlone = !others.length && link.textContent === sup.textContent && !link.hasAttribute("id");
  return number && isAlone ? { number: number[1], text: link.textContent } : false;
}

function isNotes(node) {
  return node.type.name === "orderedList" && node.attrs.class === "notes";
}

/** Puts a number where the caret is and an empty note under the text, counts all notes again, and goes to the new one. */
function insertNote({ state, tr, dispatch }) {
  const { noteReference, orderedList, listItem, paragraph } = state.schema.nodes;
  if (!state.selection.$to.parent.inlineContent) return false;
  if (!dispatch) return true;
  const reference = noteReference.create({ number: "new", text: "new" });
  tr.insert(state.selection.to, reference);
  const note = listItem.create({ id: "note-new" }, paragraph.create());
  const list = findNotes(tr.doc);
  if (list) tr.insert(list.position + list.node.nodeSize - 1, note);
  else tr.insert(tr.doc.content.size, orderedList.create({ class: "notes" }, note));
  const number = countNotes(tr).get("new");
  const { position, node } = findNotes(tr.doc);
  node.forEach((item, offset) => {
    if (item.attrs.id === `note-${number}`) tr.setSelection(state.selection.constructor.near(tr.doc.resolve(position + offset + 2)));
  });
  tr.scrollIntoView();
  return true;
}

function findNotes(doc) {
  let found = null;
  doc.descendants((node, position) => {
    if (isNotes(node)) found = { node, position };
  });
  return found;
}

/** Numbers the notes in the order in which the text calls them; notes that it never calls come last. */
function countNotes(tr) {
  const references = [];
  tr.doc.descendants((node, position) => {
    if (node.type.name === "noteReference") references.push({ node, position });
  });
  const { node: list, position } = findNotes(tr.doc);
  const items = [];
  list.forEach((item) => items.push(item));
  const held = (item) => item.attrs.id?.replace("note-", "");
  const called = new Set(references.map(({ node }) => node.attrs.number));
  const order = [...called, ...items.map(held).filter((number) => number && !called.has(number))];
  const numbers = new Map([...new Set(order)].map((number, index) => [number, String(index + 1)]));
  for (const { node, position: at } of references) {
    const number = numbers.get(node.attrs.number);
    tr.setNodeMarkup(at, null, { ...node.attrs, number, text: node.attrs.text.replace(node.attrs.number, number) });
  }
  const place = (item) => Number(numbers.get(held(item)) ?? Infinity);
  const sorted = [...items].sort((one, other) => place(one) - place(other)).map((item) => {
    const number = numbers.get(held(item));
    return number ? item.type.create({ ...item.attrs, id: `note-${number}` }, item.content, item.marks) : item;
  });
  tr.replaceWith(position, position + list.nodeSize, list.type.create(list.attrs, sorted));
  return numbers;
}

/* Figures. */

/** The form of a reference, and the figures that may be chosen: profiles/references.py and profiles/editing/citations.py say which. */
const CITING = JSON.parse(document.getElementById("prose-figures")?.textContent ?? '{"pattern": "(?!)", "figures": []}');
const REFERENCE = new RegExp(`^(?:${CITING.pattern})$`);
const NUMBER = /^[\p{Nd}\s.,'’٫٬+−-]*$/u;

/** A cited figure, `<data value="population-total/2004/hcp">29,891,708</data>`: one piece, deleted by one key. */
export const CitedFigure = Node.create({
  name: "citedFigure",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ value: { default: null }, text: { default: "", rendered: false } }),
  parseHTML: () => [{ tag: "data[value]", getAttrs: readFigure }],
  renderHTML: ({ node, HTMLAttributes }) => ["data", HTMLAttributes, node.attrs.text],
  renderText: ({ node }) => node.attrs.text,
  addCommands: () => ({ citeFigure: () => ({ editor }) => void citeFigure(editor) }),
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "figure",
      groups: "link",
      button: buttons.text("[#]", "figure"),
      command: (editor) => editor.chain().focus().citeFigure().run(),
      active: (editor) => editor.isActive("citedFigure"),
    });
  },
});

function readFigure(data) {
  const { value } = data;
  return REFERENCE.test(value) && NUMBER.test(data.textContent) ? { value, text: data.textContent } : false;
}

const askForFigure = updateAttrsDialog(
  { value: { type: "string", title: gettext("Reference"), description: " population-total/2004/hcp", required: true } },
  { title: gettext("Cite a figure"), submitText: gettext("Update") },
);

/** Puts a figure where the caret is, in place of what is selected; a selected number stays until publishing writes its own. */
async function citeFigure(editor) {
  const { from, to } = editor.state.selection;
  const held = editor.isActive("citedFigure") ? editor.getAttributes("citedFigure") : null;
  const asking = askForFigure(editor, held ?? {});
  offerFigures(editor.view.dom.parentElement.querySelector("dialog[open] form"));
  const asked = await asking;
  if (!asked || !REFERENCE.test(asked.value.trim())) return;
  const value = asked.value.trim();
  const selected = held ? held.text : editor.state.doc.textBetween(from, to);
  const text = CITING.figures.find(({ reference }) => reference === value)?.number ?? (NUMBER.test(selected) ? selected : "");
  editor.chain().focus().command(({ tr, state }) => {
    tr.replaceSelectionWith(state.schema.nodes.citedFigure.create({ value, text }), true);
    return true;
  }).run();
}

/** A list from which the reference is taken; what no list holds is typed. */
function offerFigures(form) {
  const input = form.elements.value;
  input.pattern = CITING.pattern;
  if (!CITING.figures.length) return;
  const list = document.createElement("select");
  list.id = `${input.id}-list`;
  list.append(new Option(gettext("Choose …"), ""));
  for (const { reference, name, number } of CITING.figures) list.append(new Option(`${name}: ${number}`, reference));
  list.value = input.value;
  if (list.selectedIndex < 0) list.value = "";
  list.addEventListener("change", () => { if (list.value) input.value = list.value; });
  const label = document.createElement("label");
  label.htmlFor = list.id;
  label.textContent = gettext("Figure");
  const field = document.createElement("div");
  field.className = input.parentElement.className;
  field.append(label, list);
  input.parentElement.before(field);
  list.focus();
}

/* Paragraphs with a meaning of their own. */

export const Definition = Extension.create({
  name: "definition",
  addMenuItems({ buttons, menu }) {
    const isDefinition = (editor) => editor.isActive("paragraph", { class: "definition" });
    menu.defineItem({
      name: "definition",
      groups: "nodes",
      button: buttons.material("rule", "definition"),
      command: (editor) => {
        const name = isDefinition(editor) ? null : "definition";
        editor.chain().focus().setParagraph().updateAttributes("paragraph", { class: name }).run();
      },
      active: isDefinition,
    });
  },
});

/* Tables. */

export const Table = BaseTable.extend({
  addCommands() {
    return {
      ...this.parent?.(),
      insertTableWithOptions: () => ({ chain }) => chain().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
      writeCaption: () => writeCaption,
    };
  },
  addMenuItems(storage) {
    this.parent?.(storage);
    const { buttons, menu } = storage;
    const outside = (editor) => !editor.isActive("table");
    menu.defineItem({
      name: "table:number",
      groups: "table",
      button: buttons.material("pin", "number"),
      command: (editor) => editor.chain().focus().setCellAttribute("class", isNumber(editor) ? null : "num").run(),
      active: isNumber,
      hidden: outside,
    });
    menu.defineItem({
      name: "table:caption",
      groups: "table",
      button: buttons.material("subtitles", "caption"),
      command: (editor) => editor.chain().focus().writeCaption().run(),
      hidden: outside,
    });
  },
});

function isNumber(editor) {
  return editor.isActive("tableCell", { class: "num" }) || editor.isActive("tableHeader", { class: "num" });
}

/** Goes to the caption of the table that the caret is in; makes one where there is none. */
function writeCaption({ state, tr, dispatch }) {
  const { $from } = state.selection;
  let depth = $from.depth;
  while (depth && $from.node(depth).type.name !== "table") depth -= 1;
  if (!depth) return false;
  const start = $from.before(depth);
  const before = tr.doc.resolve(start).nodeBefore;
  const isCaption = before?.attrs.class === "caption";
  if (!dispatch) return true;
  if (!isCaption) tr.insert(start, state.schema.nodes.paragraph.create({ class: "caption" }));
  tr.setSelection(state.selection.constructor.near(tr.doc.resolve(isCaption ? start - 1 : start + 1)));
  return true;
}

/** Pasted or written tables with captions, as the editor keeps them. */
function withCaptionsBefore(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const caption of body.querySelectorAll("table > caption")) {
    const paragraph = body.ownerDocument.createElement("p"); // never in the page's own document, where it could run
    paragraph.className = "caption";
    paragraph.append(...caption.childNodes);
    caption.parentElement.before(paragraph);
    caption.remove();
  }
  return body.innerHTML;
}

/* The source, and words on the buttons. */

const askForSource = updateAttrsDialog(
  { html: { type: "string", title: "HTML", format: "textarea" } },
  { title: gettext("Edit HTML"), submitText: gettext("Update") },
);

export const Source = HTML.extend({
  addProseMirrorPlugins() {
    this.editor.setOptions({ editorProps: { ...this.editor.options.editorProps, transformPastedHTML: withCaptionsBefore } });
    return [];
  },
  addCommands: () => ({ editHTML: () => ({ editor }) => void writeSource(editor) }),
});

async function writeSource(editor) {
  const html = editor.getHTML().replace(/(<\/(?:p|h3|h4|ul|ol|li|table|tbody|tr|blockquote)>|<(?:ul|ol|table|tbody|blockquote)\b[^>]*>)/g, "$1\n");
  const asked = await askForSource(editor, { html });
  if (asked) editor.chain().focus().setContent(withCaptionsBefore(asked.html)).run();
}

export const Words = Extension.create({
  name: "words",
  priority: 1, // after the menu has made its buttons
  onCreate({ editor }) {
    editor.view.dom.previousElementSibling.lang = document.documentElement.lang; // the text may be in another language
    for (const button of editor.view.dom.parentElement.querySelectorAll("button[data-name]")) {
      const title = gettext(button.dataset.name);
      button.title = title;
      button.setAttribute("aria-label", title);
    }
  },
});
