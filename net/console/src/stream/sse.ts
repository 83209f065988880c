// Server-sent events (WHATWG HTML, 9.2.6) from text that comes in pieces.

export interface ServerEvent {
  type: string;
  data: string;
  /** The last one that was seen, also by an earlier event. */
  lastEventId: string;
}

export class SseParser {
  private rest = "";
  private data: string[] = [];
  private type = "";
  private lastEventId = "";
  private started = false;
  /** The piece before ended in CR: a LF that follows belongs to it. */
  private skipLineFeed = false;

  push(piece: string): ServerEvent[] {
    const found: ServerEvent[] = [];
    let text = piece;
    if (!this.started && text.length > 0) {
      this.started = true;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    if (this.skipLineFeed && text.length > 0) {
      this.skipLineFeed = false;
      if (text.startsWith("\n")) text = text.slice(1);
    }
    this.rest += text;
    for (let end = this.rest.search(/[\r\n]/); end !== -1; end = this.rest.search(/[\r\n]/)) {
      const line = this.rest.slice(0, end);
      const isCr = this.rest[end] === "\r";
      const next = this.rest[end + 1];
      this.skipLineFeed = isCr && next === undefined;
      this.rest = this.rest.slice(end + (isCr && next === "\n" ? 2 : 1));
      const event = this.line(line);
      if (event) found.push(event);
    }
    return found;
  }

  private line(line: string): ServerEvent | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "data") this.data.push(value);
    else if (field === "event") this.type = value;
    else if (field === "id" && !value.includes("\0")) this.lastEventId = value;
    return null;
  }

  private dispatch(): ServerEvent | null {
    const event = { type: this.type || "message", data: this.data.join("\n"), lastEventId: this.lastEventId };
    const hasData = this.data.length > 0;
    this.data = [];
    this.type = "";
    return hasData ? event : null;
  }
}
