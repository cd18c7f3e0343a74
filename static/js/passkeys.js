// Passkeys and keys: hands the page's form to allauth's script, which talks with the key and submits the form.
// The form says by `data-passkey` what it is for; the options stand as JSON in #passkey-options.

const form = document.querySelector("form[data-passkey]");

if (form && window.PublicKeyCredential) {
  const kind = form.dataset.passkey;
  const button = form.querySelector("#passkey-button");
  const failure = form.querySelector("[data-passkey-failure]");
  const ids = { credential: "passkey-credential", data: "passkey-options" };
  const begin = {
    login: (forms) => forms.loginForm({ ids: { ...ids, login: button.id } }),
    authenticate: (forms) => forms.authenticateForm({ ids: { ...ids, authenticate: button.id } }),
    add: (forms) => forms.addForm({ ids: { ...ids, add: button.id, passwordless: "id_passwordless" } }),
  };
  begin[kind](window.allauth.webauthn.forms);
  button.hidden = false;
  form.querySelector("[data-passkey-missing]").hidden = true;
  button.addEventListener("click", () => {
    failure.hidden = true;
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault(); // else it is only written to the console
    failure.hidden = false;
  });
}
