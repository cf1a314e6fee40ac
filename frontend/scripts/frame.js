// No page is shown inside another's: that one could have a click mean something else. Where the header
// frame-ancestors is sent, the browser sees to it; this is for an address that sends none.

if (window.top !== window.self) {
  document.documentElement.replaceChildren();
  throw new Error("This page is not shown in a frame.");
}
