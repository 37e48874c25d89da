// Before the first paint: the colours that the person chose here, else the system's.
document.documentElement.dataset.theme = (() => {
  try {
    const chosen = localStorage.getItem("sweep-theme");
    if (chosen === "light" || chosen === "dark") return chosen;
  } catch { /* a browser that stores nothing */ }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
})();
