// What a person reads in the page's place: cards that came with the doorstep, so that they are there
// also when nobody can be asked.

const surround = [...document.body.children];
const main = document.querySelector("main");
const cards = new Map([...document.querySelectorAll("template")].map((card) => [card.id, card.content]));
main.setAttribute("aria-live", "polite");

// Shows a card. A frame that stands there stays as it is, unseen: to take it out would unload its page.
export function showCard(name, frame = null) {
  main.replaceChildren(cards.get(name).cloneNode(true));
  document.title = main.querySelector("h1").textContent;
  if (frame === null) document.body.replaceChildren();
  else frame.inert = true;
  document.body.classList.add("problem-page");
  document.body.prepend(...surround);
}

// Shows the frame alone.
export function showFrame(frame) {
  document.body.classList.remove("problem-page");
  if (frame.isConnected) surround.forEach((element) => element.remove());
  else document.body.replaceChildren(frame);
  frame.inert = false;
  document.title = frame.title || document.title;
}

// The server says it once, for people: what its page says takes the place of all here.
export function showAnswer(page) {
  document.title = page.title;
  document.body.classList.add("problem-page");
  document.body.replaceChildren(...document.adoptNode(page.body).childNodes);
}
