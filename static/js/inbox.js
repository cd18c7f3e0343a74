/**
 * The inbox by keyboard: the focus moves from title to title of #result_list, and a letter does what the list of actions does.
 *
 * Letters count while the focus is in the list only, so that they are in nobody's way elsewhere. Without this script the
 * list works as every other of the admin.
 */

const ACTIONS = { p: "publish", h: "hide", m: "merge", s: "split", r: "pick" };
const list = document.getElementById("result_list");
const form = document.getElementById("changelist-form");

const rows = () => [...list.querySelectorAll("tbody tr")];
const rowOf = (node) => node.closest("tbody tr");
const boxOf = (row) => row.querySelector("input.action-select");
const enter = (row) => row?.querySelector("th a")?.focus();

function choose(row) {
  boxOf(row).click(); // as by mouse, so that the admin counts it and paints the row
}

function act(action, row) {
  if (!rows().some((one) => boxOf(one).checked)) choose(row);
  form.querySelector('select[name="action"]').value = action;
  form.requestSubmit(form.querySelector('button[name="index"]'));
}

function move(row, step) {
  const all = rows();
  enter(all[all.indexOf(row) + step]);
}

function pressed(event) {
  const row = rowOf(event.target);
  if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "arrowdown") move(row, 1);
  else if (key === "k" || key === "arrowup") move(row, -1);
  else if (key === "x") choose(row);
  else if (Object.hasOwn(ACTIONS, key)) act(ACTIONS[key], row);
  else return;
  event.preventDefault();
}

if (list && form) {
  list.addEventListener("keydown", pressed);
  enter(rows()[0]);
}
