"use strict";
// The choice is kept in a cookie, so that the server paints the first frame in the right colours.
const chosenTheme = () => document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
function switchTheme() {
  const next = chosenTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  document.cookie = `theme=${next};path=/;max-age=31536000;samesite=lax`;
}
