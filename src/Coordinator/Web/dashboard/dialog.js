// Questions to the person, in the browser's own dialog: it holds the focus, and Escape closes it.

import { api } from "./api.js";
import { h, render } from "./dom.js";

const root = document.getElementById("dialog");

/**
 * Asks, and calls `act(form)` when the person says yes. What `act` throws is shown, and the question stays; where the server wants its token, there is
 * a field for it.
 * @param body Elements between the title and the buttons.
 */
export function ask({ title, body, yes, danger = false, act }) {
  let error = null;
  let needsToken = false;
  let isBusy = false;
  const back = document.activeElement;

  const draw = () => render(root,
    h("dialog", { key: title, "aria-labelledby": "dialog-title", oncancel: close, hook: { made: (element) => element.showModal() } },
      h("form", { method: "dialog", onsubmit: submit },
        h("h2", { id: "dialog-title" }, title),
        body,
        needsToken && h("label", { key: "token", class: "field" }, "The coordinator's token", h("input", { name: "token", type: "password", autocomplete: "off", required: true })),
        error && h("p", { key: "error", class: "error", role: "alert" }, error),
        h("div", { class: "buttons" },
          h("button", { type: "button", class: "plain", onclick: close }, "Not now"),
          h("button", { type: "submit", class: danger ? "danger" : "primary", disabled: isBusy }, yes)))));

  async function submit(event) {
    event.preventDefault();
    if (needsToken) api.useToken(event.target.elements.token.value);
    [isBusy, error] = [true, null];
    draw();
    try {
      await act(event.target);
      close();
    } catch (problem) {
      [isBusy, error, needsToken] = [false, problem.message, needsToken || problem.needsToken === true];
      draw();
    }
  }

  function close(event) {
    event?.preventDefault();
    render(root);
    if (back?.isConnected) back.focus();
  }

  draw();
}
