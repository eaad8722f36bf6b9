// An SMSC for tests by npm `smpp`, which shares no code with ours. Commands come as lines of JSON on standard
// input, what happened goes out the same way.
const path = require("node:path");
const readline = require("node:readline");
const smpp = require(path.join(process.argv[2], "smpp"));
const options = JSON.parse(process.argv[3] || "{}");

smpp.encodings.default = "ASCII"; // which is its name for GSM 03.38
let taken = 0;
let orders = []; // what to do with the next requests: {status}, {drop}, {silent}, {pause}
let sessions = [];
let unanswered = []; // with {persistent}: what is sent again until it is answered with 0, {persistent_after} a bind

const tell = (event) => process.stdout.write(JSON.stringify(event) + "\n");
const read = (message) => ({
  udh: (message?.udh || []).map((each) => Buffer.from(each).toString("hex")),
  text: message?.message === undefined ? message : message.message,
});

const serve = (session) => {
  session.on("error", (error) => tell({ event: "fault", error: String(error) }));
  session.on("close", () => {
    sessions = sessions.filter((each) => each !== session);
    tell({ event: "closed" });
  });
  for (const kind of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
    session.on(kind, (pdu) => {
      const status = pdu.password === (options.password || "secret") ? options.bind_status || 0 : 0x0e;
      session.send(pdu.response({ command_status: status, system_id: "npm" }));
      if (status === 0) {
        session.kind = kind;
        sessions.push(session);
        if (options.persistent) setTimeout(() => unanswered.forEach(hand), options.persistent_after || 0);
      }
      tell({ event: "bind", kind, system_id: pdu.system_id, version: pdu.interface_version, status });
    });
  }
  session.on("enquire_link", (pdu) => {
    tell({ event: "enquire" });
    if (!options.deaf) session.send(pdu.response());
  });
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    tell({ event: "unbind" });
    session.close();
  });
  session.on("submit_sm", (pdu) => submit(session, pdu));
};

const submit = (session, pdu) => {
  const order = orders.length ? orders.shift() : {};
  const refused = order.status || 0;
  const number = refused ? 0 : ++taken;
  const id = (options.first_id || 1000) + number;
  const answer = order.id ?? (options.hex ? id.toString(16).toUpperCase() : String(id));
  tell({
    event: "submit",
    id: refused ? null : answer,
    from: pdu.source_addr,
    to: pdu.destination_addr,
    ton: [pdu.source_addr_ton, pdu.source_addr_npi, pdu.dest_addr_ton, pdu.dest_addr_npi],
    coding: pdu.data_coding,
    esm: pdu.esm_class,
    receipt: pdu.registered_delivery,
    validity: pdu.validity_period,
    sar: [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum],
    payload: pdu.message_payload ? read(pdu.message_payload).text : null,
    ...read(pdu.short_message),
  });
  if (order.receipt_first) receipt(session, pdu, id, order.receipt_first);
  if (session.dropped) return;
  if (order.drop) {
    session.dropped = true;
    setTimeout(() => session.destroy(), 20); // what was answered before is on its way
    return;
  }
  if (order.silent) return;
  const answerIt = () => {
    session.send(pdu.response({ command_status: refused, message_id: refused ? "" : answer }));
    if (options.receipts && !refused) receipt(session, pdu, id, options.receipts);
  };
  if (order.pause) setTimeout(answerIt, order.pause);
  else answerIt();
};

const receipt = (session, pdu, id, stat) => {
  const receiver = sessions.find((each) => each.kind !== "bind_transmitter") || session;
  const text = `id:${String(id).padStart(10, "0")} sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:${stat} err:000 text:${String(read(pdu.short_message).text).slice(0, 20)}`;
  const fields = { source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4, short_message: text };
  if (options.persistent) return keep({ fields, mark: `receipt ${id}` });
  receiver.deliver_sm(fields, (answer) => tell({ event: "receipted", status: answer.command_status }));
};

const keep = (parcel) => {
  unanswered.push(parcel);
  hand(parcel);
};

const hand = (parcel) => {
  const session = sessions.find((each) => each.kind !== "bind_transmitter" && each.socket.writable);
  if (!session) return;
  session.deliver_sm({ ...parcel.fields }, (answer) => {
    tell({ event: "answered", mark: parcel.mark, status: answer.command_status });
    if (answer.command_status === 0) unanswered = unanswered.filter((each) => each !== parcel);
    else setTimeout(() => hand(parcel), 200);
  });
};

const listener = options.tls
  ? smpp.createServer({ key: options.tls.key, cert: options.tls.cert }, serve)
  : smpp.createServer(serve);
listener.on("error", (error) => tell({ event: "fault", error: String(error) }));
listener.listen(options.port || 0, "127.0.0.1", () => tell({ event: "listening", port: listener.address().port }));

const commands = {
  orders: (command) => { orders.push(...command.orders); },
  deliver: (command) => {
    if (options.persistent) {
      const short_message = Buffer.from(command.hex, "hex");
      return keep({ fields: { ...command.fields, short_message }, mark: command.mark });
    }
    const able = sessions.filter((each) => each.kind !== "bind_transmitter");
    const session = able[(command.session || 0) % Math.max(able.length, 1)];
    if (!session) return tell({ event: "undeliverable", mark: command.mark });
    const fields = { ...command.fields };
    if (command.hex !== undefined) fields.short_message = Buffer.from(command.hex, "hex");
    if (command.payload !== undefined) fields.message_payload = Buffer.from(command.payload, "hex");
    const send = command.data_sm ? session.data_sm : session.deliver_sm;
    send.call(session, fields, (answer) => tell({ event: "answered", mark: command.mark, status: answer.command_status, command: answer.command }));
  },
  raw: (command) => { for (const each of sessions) each.socket.write(Buffer.from(command.hex, "hex")); },
  drop: () => { for (const each of sessions) each.destroy(); },
  unbind: () => { for (const each of sessions) each.unbind(); },
  set: (command) => { Object.assign(options, command.options); },
};
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line);
  commands[command.do](command);
}).on("close", () => process.exit(0)); // who started us is gone
