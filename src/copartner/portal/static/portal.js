// What makes the pages quicker; every one of them works without.

const language = document.documentElement.lang;

// Times of day in the reader's zone, with UTC at hand.
function localise(root) {
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    dateStyle: "medium", timeStyle: "short",
  });
  for (const time of root.querySelectorAll("time.moment:not([title])")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}

function offerCopies(root) {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const from = document.querySelector(button.dataset.copy);
      await navigator.clipboard.writeText("value" in from ? from.value : from.textContent.trim());
      const said = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = said; }, 2000);
    });
  }
}

// Put the same element of another state of the page in the place of this one.
async function renew(element, address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(element.id);
  if (!found) return false;
  element.replaceWith(found);
  enhance(found);
  return true;
}

function searchAsTyped(form) {
  let waiting, asked;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
      try {
        if (await renew(document.querySelector(form.dataset.live), address, asked.signal)) {
          history.replaceState(null, "", address);
        }
      } catch (error) {
        if (error.name !== "AbortError") form.submit();
      }
    }, 200);
  });
}

// What takes a while is looked at again, until it says no more that it does.
function lookAgain(element) {
  setTimeout(() => {
    if (document.visibilityState === "hidden") return lookAgain(element);
    renew(element, location.href).catch(() => lookAgain(element));
  }, Number(element.dataset.refresh) * 1000);
}

function enhance(root) {
  localise(root);
  offerCopies(root);
  if (root.matches?.("[data-refresh]")) lookAgain(root);
  for (const one of root.querySelectorAll("[data-refresh]")) lookAgain(one);
  for (const form of root.querySelectorAll("form[data-live]")) searchAsTyped(form);
}

// A second click sends nothing while the first is under way.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

enhance(document);
