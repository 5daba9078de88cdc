// Passkeys: reads the options that the server wrote on the form, asks the browser, puts the answer in the form and sends it.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const wanted = (options) => {
    const key = options.publicKey;
    key.challenge = bytes(key.challenge);
    if (key.user) key.user.id = bytes(key.user.id);
    for (const list of [key.excludeCredentials, key.allowCredentials])
      for (const one of list || []) one.id = bytes(one.id);
    return options;
  };

  const plain = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (credential.response[name]) response[name] = text(credential.response[name]);
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  if (!window.PublicKeyCredential || !window.isSecureContext) return;
  document.querySelectorAll("[data-passkey-without]").forEach((element) => { element.hidden = true; });
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const problem = form.querySelector("[data-passkey-error]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const options = wanted(JSON.parse(form.dataset.options));
        const made = await navigator.credentials[form.dataset.passkey](options);
        form.elements.credential.value = JSON.stringify(plain(made));
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  });
})();
