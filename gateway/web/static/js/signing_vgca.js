// Signing by the VGCA plug-in on this computer: it is told, by one message on a WebSocket of its own, where it gets the file and
// where it sends the signed one; it answers once, when its user has signed or given up. What counts is what the server has received.

import { announce } from "./dialogs.js";
import { done, ended, here } from "./signing.js";

const part = document.getElementById("own-way");
const words = part.dataset;

part.addEventListener("form:done", ({ detail }) => {
  if (detail.way === "vgca") call(detail);
});

function call(given) {
  const socket = new WebSocket(`${words.socket}/SignApproved`);
  let opened = false;
  let answered = false;
  socket.onopen = () => {
    opened = true;
    announce(words.waiting);
    socket.send(JSON.stringify({ FileUploadHandler: here(given.upload_url), SessionId: "", JWTToken: "", FileName: here(given.download_url) }));
  };
  socket.onmessage = ({ data }) => {
    answered = true;
    socket.close();
    judge(data);
  };
  socket.onclose = () => {
    if (!answered) ended(opened ? words.closed : words.away);
  };
}

async function judge(text) {
  const { Status: status, Message: message } = read(text);
  if (await received()) return done();
  if (status !== 0 && message) return ended(words.said.replace("{message}", message));
  return ended(status === 0 ? words.lost : words.closed);
}

function read(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Other bytes stand where those were that the plug-in was sent for. */
async function received() {
  const answer = await fetch(words.order, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return false;
  return (await answer.json()).order.sha256 !== words.seen;
}
