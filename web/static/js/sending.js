/* Sends one file in parts. What the portal has already is not sent again; what breaks off is tried again. */

const AT_ONCE = 4; // parts on their way side by side
const WAITS = [1, 2, 5, 10, 20, 30]; // seconds before the next try
const TRIES = 5; // of one part that is refused, each at a fresh address
const WINDOW = 15000; // milliseconds of which the speed is taken
const UPLOADS = "/desk/uploads";

/** A sentence with its values put in. */
export function fill(sentence, values) { return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]); }

/** The portal or the store said no, in words for a person. */
export class Refused extends Error {
  constructor(status, words) { super(words); this.status = status; }
  get mayPass() { return this.status >= 500 || this.status === 429; }
}

/** No answer came; from the store, or from the portal. */
class Unheard extends Error {
  constructor(isOfStore = false) { super(); this.isOfStore = isOfStore; }
}

/** The person pressed Pause or Stop. */
class Halted extends Error {}

export class Sending {
  /** `words` are what there is to say; `tell(phase, why)` hears of: reading, sending, waiting, finishing, paused, finished, refused. */
  constructor(file, title, partSize, words, tell) {
    Object.assign(this, { file, title, partSize, words, tell, sent: 0, halt: new AbortController(), upload: null });
    this.onTheWay = new Map(); // bytes of each part that is being sent
    this.pace = [];
  }

  async run() {
    this.halt = new AbortController();
    this.onTheWay.clear();
    this.pace = [];
    try {
      this.tell("reading");
      this.firstPart ??= await sha256(await this.bytes(0, this.partSize));
      this.upload = await this.untilHeard(() => this.ask(UPLOADS, {
        title: this.title, name: this.file.name, size: this.file.size,
        changed: this.file.lastModified, first_part: this.firstPart,
      }));
      const have = new Set(this.upload.have);
      this.left = Array.from({ length: this.upload.parts }, (_, i) => i + 1).filter((number) => !have.has(number));
      this.sent = this.upload.have.reduce((sum, number) => sum + this.sizeOf(number), 0);
      this.tell("sending");
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.sendOneAfterAnother()));
      this.tell("finishing");
      const end = await this.untilHeard(() => this.ask(`${this.upload.address}/completion`, {}));
      this.tell("finished", end.next);
    } catch (error) {
      if (error instanceof Halted) return;
      this.halt.abort();
      this.tell("refused", error instanceof Refused ? error.message : this.words.unreadable);
    }
  }

  pause() { this.halt.abort(); this.tell("paused"); }

  async stop() {
    this.halt.abort();
    if (this.upload) await fetch(`${this.upload.address}/end`, { method: "POST", headers: JSON_BOTH_WAYS, body: "{}" });
  }

  /** Bytes that are there or on their way, and the seconds left at the speed of late; null while nobody can say. */
  progress() {
    const now = Date.now(), sent = this.sent + [...this.onTheWay.values()].reduce((a, b) => a + b, 0);
    this.pace = [...this.pace.filter(([at]) => at > now - WINDOW), [now, sent]];
    const [[began, before]] = this.pace;
    const speed = (sent - before) / (now - began);
    return { sent, left: speed > 0 ? (this.file.size - sent) / speed / 1000 : null };
  }

  async sendOneAfterAnother() {
    for (let number; (number = this.left.shift()) !== undefined;) {
      const bytes = await this.bytes((number - 1) * this.upload.part_size, this.sizeOf(number));
      const digest = await DIGESTS[this.upload.digest](bytes);
      let refusals = 0;
      await this.untilHeard(async () => {
        try {
          await this.send(number, bytes, digest);
        } catch (error) {
          this.onTheWay.delete(number);
          const isStale = error instanceof Refused && [400, 403, 410].includes(error.status);
          if (!isStale || ++refusals === TRIES) throw error;
          throw new Unheard();
        }
      });
      this.onTheWay.delete(number);
      this.sent += bytes.byteLength;
    }
  }

  async send(number, bytes, digest) {
    const size = bytes.byteLength;
    const where = await this.ask(`${this.upload.address}/parts`, { number, size, digest });
    await put(where, bytes, this.halt.signal, (count) => this.onTheWay.set(number, count),
      (status) => fill(this.words.not_taken, { part: number, status }));
  }

  /** Try until there is an answer that will not pass. Between the tries wait longer and longer, or for the network. */
  async untilHeard(attempt) {
    for (let tries = 0; ; tries++) {
      if (this.halt.signal.aborted) throw new Halted();
      try {
        const answer = await attempt();
        if (tries) this.tell("sending");
        return answer;
      } catch (error) {
        if (this.halt.signal.aborted) throw new Halted();
        if (!(error instanceof Unheard || (error instanceof Refused && error.mayPass))) throw error;
        const wait = WAITS[Math.min(tries, WAITS.length - 1)];
        this.tell("waiting", error.message || (error.isOfStore && tries > 2 && this.sent === 0 ? this.words.no_store : ""));
        await this.rest(wait);
      }
    }
  }

  rest(seconds) {
    return new Promise((go) => {
      const timer = setTimeout(go, seconds * 1000);
      for (const [what, when] of [[window, "online"], [this.halt.signal, "abort"]]) {
        what.addEventListener(when, () => { clearTimeout(timer); go(); }, { once: true });
      }
    });
  }

  async ask(address, body) {
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST", headers: JSON_BOTH_WAYS, body: JSON.stringify(body), signal: this.halt.signal,
      });
    } catch { throw new Unheard(); }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    if (answer.status === 404 && said.reason !== "no-such-upload") {
      throw new Refused(404, this.words.signed_out);
    }
    throw new Refused(answer.status, said.detail ?? fill(this.words.answered, { status: answer.status }));
  }

  bytes(start, length) { return this.file.slice(start, start + length).arrayBuffer(); }

  sizeOf(number) {
    const { part_size: size } = this.upload;
    return Math.min(size, this.file.size - (number - 1) * size);
  }
}

const JSON_BOTH_WAYS = { "accept": "application/json", "content-type": "application/json" };
const DIGESTS = { sha256, md5: async (bytes) => (await import("./md5.js")).md5(bytes) };

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One part to its address. Only XMLHttpRequest tells how many bytes have gone. */
function put(where, bytes, signal, told, notTaken) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const halt = () => request.abort();
    request.open(where.method, where.url);
    for (const [name, value] of Object.entries(where.headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => told(event.loaded);
    request.onloadend = () => signal.removeEventListener("abort", halt);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return done();
      fail(new Refused(request.status, reason(request) ?? notTaken(request.status)));
    };
    request.onerror = () => fail(new Unheard(true));
    request.onabort = () => fail(new Halted());
    signal.addEventListener("abort", halt, { once: true });
    request.send(bytes);
  });
}

function reason(request) {
  if (!request.getResponseHeader("content-type")?.startsWith("application/problem+json")) return null;
  try { return JSON.parse(request.responseText).detail; } catch { return null; }
}
