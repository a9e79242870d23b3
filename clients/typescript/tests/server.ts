// The real service with its own database and object store, and a TCP proxy whose connections can be cut.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const PYTHON = process.env.GLIMPSE_PYTHON ?? join(REPOSITORY, ".venv/bin/python");

export interface RunningServer {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Always in the same folder and on the same port, so that it can be killed and started again. */
export async function startServer(environment: Record<string, string> = {}): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), "glimpse-"));
  let process_: ChildProcess | null = null;
  let port = 0;
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const limits = { GLIMPSE_UPLOADS_PER_MINUTE: "10000", GLIMPSE_ADDRESS_REQUESTS_PER_SECOND: "10000" };
      const given = { GLIMPSE_HOST: "127.0.0.1", GLIMPSE_DRAIN_SECONDS: "0", ...limits };
      process_ = spawn(PYTHON, ["-m", "glimpse", "serve", "--lang", "en"], {
        cwd: folder,
        env: { ...process.env, ...given, GLIMPSE_PORT: String(port), ...environment },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let output = "";
      process_.stderr!.on("data", (data: Buffer) => {
        output += data;
        const found = /listens on port (\d+)/.exec(output);
        if (found) {
          port = Number(found[1]);
          resolve();
        }
      });
      process_.once("exit", () => reject(new Error(output)));
      process_.once("error", reject);
    });
  const exited = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      process_!.once("exit", () => resolve());
      process_!.kill(signal);
    });
  await start();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    start,
    kill: () => exited("SIGKILL"),
    stop: async () => {
      await exited("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Forwards connections to a port. `cut()` closes the open ones; `mute()` leaves them open and forwards nothing more;
 * `isCut` refuses new ones.
 */
export class TcpProxy {
  isCut = false;
  /** Called for each connection: after so many bytes from the client it is cut; null for never. */
  cutAfter: () => number | null = () => null;
  /** How many connections `cutAfter` has cut. */
  cuts = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(private target: number) {
    this.#server = createServer((client) => this.#forward(client));
  }

  static async before(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  mute(): void {
    for (const socket of this.#sockets) socket.removeAllListeners("data").pause();
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #forward(client: Socket): void {
    if (this.isCut) return void client.destroy();
    const server = connect(this.target, "127.0.0.1");
    let left = this.cutAfter();
    const both = [client, server];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        for (const other of both) other.destroy();
      });
    }
    client.on("data", (data: Buffer) => {
      if (left !== null && (left -= data.length) < 0) {
        this.cuts += 1;
        for (const socket of both) socket.destroy();
      } else server.write(data);
    });
    server.on("data", (data) => client.write(data));
  }
}
