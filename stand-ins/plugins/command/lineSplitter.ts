import { StringDecoder } from "node:string_decoder";

/** Cuts a stream of bytes into lines. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";
  /** Whether a line had more bytes than Go's bufio.Scanner takes. */
  tooLong = false;

  constructor(private readonly take: (line: string) => void) {}

  /** Takes more bytes, and hands on each line that is whole by now. */
  write(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    this.tooLong ||= [...lines, this.#rest].some((line) => Buffer.byteLength(line) > 65_536);
    if (this.tooLong) return;
    lines.forEach((line) => this.take(line.replace(/\r$/, "")));
  }

  /** Hands on what is left. */
  end(): void {
    if (this.#rest !== "") {
      this.take(this.#rest);
    }
  }
}
