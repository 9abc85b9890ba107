"use strict";
const all = document.querySelectorAll("details");
document.getElementById("unfold").onclick = () => all.forEach((node) => { node.open = true; });
document.getElementById("fold").onclick = () => all.forEach((node) => { node.open = !node.parentElement.closest("details"); });
