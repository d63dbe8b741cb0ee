// A file is sent as it is, with its progress; without scripts the form sends it all the same.
const drop = document.querySelector("[data-drop]");
if (drop) {
  const form = drop.closest("form");
  const input = drop.querySelector("input[type=file]");
  const bar = form.querySelector("progress");
  const said = form.querySelector("[data-said]");
  const send = (file) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${form.getAttribute("action")}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.upload.addEventListener("load", () => { bar.removeAttribute("value"); said.textContent = said.dataset.reading; });
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not ours: said below */ }
      if (request.status < 300 && answer.import) location.assign(`/imports/${answer.import.id}`);
      else { said.textContent = answer.detail || said.dataset.failed; said.parentElement.classList.add("bad"); bar.hidden = true; input.value = ""; }
    });
    request.addEventListener("error", () => { said.textContent = said.dataset.failed; bar.hidden = true; });
    said.parentElement.hidden = false; said.parentElement.classList.remove("bad"); bar.hidden = false; bar.value = 0;
    said.textContent = `${file.name}`;
    request.send(file);
  };
  input.addEventListener("change", () => { if (input.files[0]) send(input.files[0]); });
  form.addEventListener("submit", (event) => { event.preventDefault(); if (input.files[0]) send(input.files[0]); });
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
}
