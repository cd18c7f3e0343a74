/**
 * What is typed into a form of the desk is kept in this browser until it is saved, and offered again afterwards: after
 * the window was closed, or the session ended and its person signed in again.
 *
 *   <meta name="imap-person" content="…">            who is signed in, by a key that says nothing of them
 *   <template id="kept-text">…[data-put-back] …[data-drop]</template>   what is offered, in the page's language
 *
 * Each text is kept under its person and the address of its form; whoever else signs in finds none, and signing out
 * wipes all (here, and by the header Clear-Site-Data of the answer to signing out). What carries a name `_once` is a form of the desk's; the
 * cookie `imap_saved` names the one that was saved last.
 *
 * No module: it would keep the editor's import map from being read, and what is put back has to stand in the form before
 * editor and map begin with it.
 */

(() => {
  const PREFIX = "imap:text:";
  const PUT_BACK = "imap:put-back";
  const KEPT_FOR_MS = 7 * 24 * 3600 * 1000;
  const LOOK_EVERY_MS = 1000;
  const NEVER_KEPT = new Set(["csrfmiddlewaretoken", "_once", "_over"]);

  const person = document.querySelector('meta[name="imap-person"]')?.content ?? "";
  const key = `${PREFIX}${person}:${location.pathname}`;

  function read(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  }

  /** Of other people, of too long ago, or of the form that was just saved: nothing of it is kept. */
  function forget() {
    const saved = /(?:^|; )imap_saved=([^;]*)/.exec(document.cookie)?.[1];
    for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      const kept = read(name);
      const isOver = !kept || Date.now() - kept.at > KEPT_FOR_MS || (saved && kept.once === saved);
      if (isOver || !name.startsWith(`${PREFIX}${person}:`)) localStorage.removeItem(name);
    }
    if (saved) document.cookie = "imap_saved=; path=/secretariat/; max-age=0; samesite=lax";
  }

  function wipe() {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  }

  /** What would be sent, without files, passwords and what is the page's own: pairs of name and value. */
  function written(form) {
    const secret = new Set([...form.querySelectorAll("input[type=password]")].map((input) => input.name));
    return [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && !NEVER_KEPT.has(name) && !secret.has(name),
    );
  }

  const text = (pairs) => JSON.stringify(pairs.filter(([name]) => !["_state", "_shown"].includes(name)));

  /** Adds rows beside the form's own until there are as many as were kept. */
  function addRows(form, fields) {
    for (const [name, number] of fields) {
      if (!name.endsWith("-TOTAL_FORMS")) continue;
      const total = form.elements[name];
      const more = document.querySelector(`#${CSS.escape(name.replace("-TOTAL_FORMS", "-group"))} .add-row a`);
      for (let count = Number(total?.value); more && count < Number(number); count += 1) more.click();
    }
  }

  function putBack(form, fields) {
    const values = new Map();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
    for (const control of form.elements) {
      if (!control.name || NEVER_KEPT.has(control.name) || ["file", "password", "submit"].includes(control.type)) continue;
      const held = values.get(control.name);
      if (control.type === "checkbox" || control.type === "radio") control.checked = Boolean(held?.includes(control.value));
      else if (control instanceof HTMLSelectElement) choose(control, held ?? []);
      else if (held && !/-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/.test(control.name)) control.value = held.shift() ?? "";
    }
  }

  /** A choice that is completed by what is typed has no option yet for what was chosen. */
  function choose(control, held) {
    const known = new Set([...control.options].map((option) => option.value));
    for (const value of held) if (!known.has(value)) control.add(new Option(value, value));
    for (const option of control.options) option.selected = held.includes(option.value);
  }

  function offer(form, kept) {
    const template = document.getElementById("kept-text");
    if (!template) return;
    form.before(template.content.cloneNode(true));
    const box = form.previousElementSibling;
    box.querySelector("[data-put-back]").addEventListener("click", () => {
      localStorage.setItem(key, JSON.stringify(kept));
      sessionStorage.setItem(PUT_BACK, key);
      location.assign(location.href.split("#")[0]); // anew, so that editor and map begin with it
    });
    box.querySelector("[data-drop]").addEventListener("click", () => {
      localStorage.removeItem(key);
      box.remove();
    });
  }

  function watch(form) {
    let before = text(written(form));
    let isTouched = false;
    let isSent = false;
    let last = before;
    const touch = () => {
      if (!isTouched) before = last = text(written(form)); // an editor may have written its text anew in the meantime
      isTouched = true;
    };
    for (const kind of ["pointerdown", "keydown", "focusin"]) form.addEventListener(kind, touch, { capture: true });
    const keep = () => {
      const fields = written(form);
      const now = text(fields);
      if (now === last) return;
      last = now;
      if (now === before) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), once: form.elements._once.value, fields }));
    };
    setInterval(() => isTouched && keep(), LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", () => isTouched && keep());
    form.addEventListener("submit", () => {
      if (isTouched) keep();
      isSent = true;
    });
    window.addEventListener("beforeunload", (event) => {
      if (!isTouched) return;
      keep();
      if (!isSent && text(written(form)) !== before) event.preventDefault();
    });
    return { isPutBack: () => (isTouched = true) };
  }

  function begin() {
    forget();
    for (const signOut of document.querySelectorAll("form#logout-form")) signOut.addEventListener("submit", wipe);
    const form = document.querySelector("form[method=post] input[name=_once]")?.form;
    if (!form || !person) return;
    const kept = read(key);
    if (kept && sessionStorage.getItem(PUT_BACK) === key) {
      sessionStorage.removeItem(PUT_BACK);
      const watched = watch(form);
      putBack(form, kept.fields);
      watched.isPutBack();
      window.addEventListener("load", () => {
        addRows(form, kept.fields);
        for (const [name, value] of kept.fields) {
          const control = form.elements[name];
          if (control instanceof HTMLTextAreaElement || control instanceof HTMLInputElement) {
            if (["text", "textarea", "url", "number"].includes(control.type) && !control.value) control.value = value;
          }
        }
      });
      return;
    }
    if (kept && text(kept.fields) !== text(written(form))) offer(form, kept);
    else if (kept) localStorage.setItem(key, JSON.stringify({ ...kept, once: form.elements._once.value }));
    watch(form);
  }

  begin();
})();
