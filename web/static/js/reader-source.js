// The file as the reader fetches it: part by part, by a link that runs out and is asked for again.

const PATIENCE = [1, 2, 4, 8, 15, 30]; // seconds until a lost connection is tried again by itself
const TRIES = 3; // fresh links for one part, before something else must be wrong

/** No more can be fetched. `why` names the words that say so; `detail` is what the portal said. */
export class Ended extends Error {
  constructor(why, detail) {
    super(why);
    this.why = why;
    this.detail = detail || "";
  }
}

export class Source {
  /** `address` gives links. `says` is told when the line is lost, and that it is back. */
  constructor(address, says) {
    this.address = address;
    this.says = says;
    this.link = null;
    this.renewing = null;
    this.tryNow = null;
    this.early = new Map();
    addEventListener("online", () => this.again());
  }

  /** The first link: what the file is, and where. Its first and last `chunk`, which say what is in it, set off too. */
  async open(chunk) {
    await this.keepTrying(() => this.renew());
    const { size } = this.link, last = Math.floor((size - 1) / chunk) * chunk;
    for (const begin of new Set([0, last])) {
      const end = Math.min(begin + chunk, size), bytes = this.fetchPart(begin, end);
      bytes.catch(() => {}); // whoever asks for it hears of it
      this.early.set(`${begin}-${end}`, bytes);
    }
    return this.link;
  }

  /** The bytes from `begin` up to `end`. Throws Ended where they can't be had any more. */
  part(begin, end) {
    const name = `${begin}-${end}`, early = this.early.get(name);
    this.early.delete(name);
    return early ?? this.fetchPart(begin, end);
  }

  async fetchPart(begin, end) {
    let fresh = 0;
    for (;;) {
      const used = this.link;
      const bytes = await this.keepTrying(() => this.fetched(used.url, begin, end));
      if (bytes) return bytes;
      if (fresh++ === TRIES) throw new Ended("broken");
      await this.keepTrying(() => this.renewed(used));
    }
  }

  /** Try at once what waits for the line. */
  again() {
    this.tryNow?.();
  }

  async fetched(url, begin, end) {
    const answer = await fetch(url, { headers: { range: `bytes=${begin}-${end - 1}` }, cache: "no-store" });
    if (answer.status >= 500) throw new TypeError("the store is away");
    const wanted = end - begin, comes = Number(answer.headers.get("content-length"));
    if (!answer.ok || comes > wanted) {
      await answer.body?.cancel();
      return null;
    }
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return bytes.length === wanted ? bytes : null; // some stores say 200 to a part, so its length tells
  }

  /** Of several parts that find the link run out, one asks for another. */
  renewed(used) {
    if (used !== this.link) return Promise.resolve();
    this.renewing ??= this.renew().finally(() => { this.renewing = null; });
    return this.renewing;
  }

  async renew() {
    const answer = await fetch(this.address, { method: "POST", headers: { accept: "application/json" } });
    if (answer.status >= 500) throw new TypeError("the portal is away");
    const said = await answer.json();
    if (answer.status !== 201) throw ended(answer.status, said);
    if (this.link && this.link.sha256 !== said.sha256) throw new Ended("newer");
    this.link = said;
  }

  /** What `attempt` gives, as soon as there is a line. */
  async keepTrying(attempt) {
    for (let lost = 0; ; lost++) {
      try {
        const got = await attempt();
        if (lost) this.says("back");
        return got;
      } catch (fault) {
        if (fault instanceof Ended) throw fault;
        if (lost) this.says("away");
        await this.pause(PATIENCE[Math.min(lost, PATIENCE.length - 1)]);
      }
    }
  }

  pause(seconds) {
    return new Promise((goOn) => {
      const others = this.tryNow;
      const timer = setTimeout(goOn, seconds * 1000);
      this.tryNow = () => {
        clearTimeout(timer);
        goOn();
        others?.();
      };
    });
  }
}

function ended(status, said) {
  if (status === 401) return new Ended("signed-out");
  if (status === 410) return new Ended("withdrawn");
  if (status === 429) return new Ended("too-many", said.detail);
  if (said.reason === "terms-not-accepted") return new Ended("terms");
  return new Ended(status === 403 || status === 404 ? "refused" : "broken");
}

/** What PDF.js asks for parts: it wants a class of its own kind. */
export function transportOf(library, source, length, onEnd) {
  const transport = new library.PDFDataRangeTransport(length, null);
  transport.requestDataRange = (begin, end) => {
    source.part(begin, end).then((bytes) => transport.onDataRange(begin, bytes), onEnd);
  };
  return transport;
}
