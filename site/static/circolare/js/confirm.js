// Presses the one button of the confirmation page, only where the page says that this browser made the sign-up.
const form = document.querySelector("form[data-presses-itself]");
if (form && document.visibilityState === "visible") form.requestSubmit();
else if (form) document.addEventListener("visibilitychange", () => form.requestSubmit(), { once: true });
