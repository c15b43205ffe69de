// Repeated groups of fields. <div id="x" data-rows><template>… name="obligations[__n__].text" …</template></div>
// <button type="button" data-add="x">; inside the template the group is one element with [data-row] and a [data-remove] button.
// <select data-options="y">: its options are those in <template id="y">, sent once for all rows.

document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add]");
  if (adder) add(document.getElementById(adder.dataset.add));
  const remover = event.target.closest("[data-remove]");
  if (remover) {
    const row = remover.closest("[data-row]");
    const group = row.closest("[data-rows]");
    row.remove();
    const next = group.querySelector("input:not([type=hidden]), select, textarea, button") ?? document.querySelector(`[data-add="${group.id}"]`);
    next?.focus();
  }
});

function add(group) {
  const next = Number(group.dataset.next ?? group.querySelectorAll("[data-row]").length);
  group.dataset.next = next + 1;
  const holder = document.createElement("template");
  holder.innerHTML = group.querySelector("template").innerHTML.replaceAll("__n__", next);
  giveOptions(holder.content);
  group.append(holder.content);
  const rows = group.querySelectorAll("[data-row]");
  rows[rows.length - 1].querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function giveOptions(within) {
  for (const select of within.querySelectorAll("select[data-options]")) {
    select.append(document.getElementById(select.dataset.options).content.cloneNode(true));
  }
}

giveOptions(document);
