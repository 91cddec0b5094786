// A page of framegate's that stands where the protected page should: tell the page around it why.
// It is no secret: whoever embeds it may know what the person reads.

const { code, status } = document.documentElement.dataset;
if (window.parent !== window) {
  window.parent.postMessage({ framegate: 1, type: "refused", code, status: Number(status) }, "*");
}
