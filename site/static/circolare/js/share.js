// Puts the device's own sharing before the plain links, where the device has one.

const place = document.querySelector("[data-share]");
if (place && navigator.share) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = place.dataset.label;
  button.addEventListener("click", () => {
    const canonical = document.querySelector('link[rel="canonical"]');
    navigator
      .share({ title: place.dataset.title, url: canonical ? canonical.href : location.pathname })
      .catch(() => {}); // closing the sheet without a choice is no error
  });
  place.querySelector("ul").before(button);
}
