"use strict";
// Pointing at a gap lights its two spans and fades the others; pointing at a span lights its gaps.
(() => {
  const marks = [...document.querySelectorAll("mark[data-spans]")];
  const cards = [...document.querySelectorAll(".gap")];
  const spansOf = (element) => element.dataset.spans.split(" ");
  const text = document.querySelector(".text");

  const light = (lit) => {
    document.body.classList.toggle("linking", lit !== null);
    for (const element of [...marks, ...cards]) {
      element.classList.toggle("lit", lit !== null && lit.has(element));
    }
  };

  const related = (element) => {
    const spans = new Set(spansOf(element));
    if (element.classList.contains("gap")) {
      return new Set([element, ...marks.filter((m) => spansOf(m).some((s) => spans.has(s)))]);
    }
    const touching = cards.filter((c) => spansOf(c).some((s) => spans.has(s)));
    if (touching.length === 0) return null;
    const wanted = new Set(touching.flatMap(spansOf));
    return new Set([
      ...touching,
      ...marks.filter((m) => spansOf(m).some((s) => wanted.has(s))),
    ]);
  };

  // In a text that scrolls on its own, bring the first lit span into its view.
  const reveal = (card) => {
    if (!text || text.scrollHeight <= text.clientHeight) return;
    const mark = marks.find((m) => m.classList.contains("lit"));
    if (!mark) return;
    const box = text.getBoundingClientRect();
    const at = mark.getBoundingClientRect();
    if (at.top < box.top || at.bottom > box.bottom) {
      text.scrollTop += at.top - box.top - box.height / 3;
    }
  };

  for (const element of [...marks, ...cards]) {
    element.addEventListener("pointerenter", () => {
      light(related(element));
      if (element.classList.contains("gap")) reveal(element);
    });
    element.addEventListener("pointerleave", () => light(null));
  }
  for (const card of cards) {
    card.addEventListener("focusin", () => {
      light(related(card));
      reveal(card);
    });
    card.addEventListener("focusout", () => light(null));
  }
  for (const mark of marks) {
    mark.addEventListener("click", () => {
      const spans = new Set(spansOf(mark));
      const card = cards.find((c) => spansOf(c).some((s) => spans.has(s)));
      if (card && document.getSelection().isCollapsed) {
        location.hash = card.id;
        card.focus({ preventScroll: true });
      }
    });
  }

  // A link into a closed list of further pairs opens it.
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    const closed = target && target.closest("details.others:not([open])");
    if (closed) {
      closed.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();
})();
