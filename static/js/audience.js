/**
 * Choosing who can read a row: says at once who will be able to, and shows partners or group only where they are chosen.
 * The sentences come with the choices: see PresetRadios in accounts/audiences/forms.py. Without this all of it is visible.
 */

const ASKED_FOR = { partners: "partners", reading_group: "group" }; // field → preset

function follow(form) {
  const radios = form.querySelectorAll("input[name=preset]");
  if (!radios.length) return;
  const fields = Object.keys(ASKED_FOR).map((name) => form.elements[name]).filter(Boolean);
  const sentence = sentencePlace(radios[0].closest(".form-row") ?? form);
  const show = () => {
    const chosen = [...radios].find((radio) => radio.checked);
    for (const field of fields) {
      field.closest(".form-row").hidden = ASKED_FOR[field.name] !== chosen?.value && !hasErrors(field);
    }
    const names = fields.filter((field) => ASKED_FOR[field.name] === chosen?.value).flatMap(namesIn);
    sentence.textContent = sentenceOf(chosen, names, form.elements.partners?.dataset.separator);
  };
  for (const control of [...radios, ...fields]) control.addEventListener("change", show);
  show();
}

/** Where the server wrote who can read the row now. */
function sentencePlace(row) {
  const place = row.querySelector(".help div, .help") ?? row.appendChild(document.createElement("div"));
  place.closest(".help")?.setAttribute("aria-live", "polite");
  place.classList.add("audience-sentence");
  return place;
}

const hasErrors = (field) => Boolean(field.closest(".form-row").querySelector(".errorlist"));

function namesIn(field) {
  return [...field.selectedOptions].filter((option) => option.value).map((option) => option.textContent.trim());
}

/** Empty while the names that the sentence needs are not chosen, or where the form cannot know it yet. */
function sentenceOf(chosen, names, separator) {
  const sentence = chosen?.dataset.sentence ?? "";
  if (!sentence.includes("{names}")) return sentence;
  if (!names.length) return "";
  const joined = names.join(separator);
  if (!sentence.startsWith("{\"")) return sentence.replace("{names}", joined);
  const plurals = JSON.parse(sentence);
  const plural = new Intl.PluralRules(document.documentElement.lang).select(names.length);
  return (plurals[plural] ?? plurals.other).replace("{names}", joined);
}

document.querySelectorAll("form").forEach(follow);
