import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const example = new URL("../../examples/ci/", import.meta.url);

/** The login of a workflow's own token. */
const bot = "github-actions[bot]";

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

/** The part of GitHub's REST API for the comments of one pull request. Source: docs.github.com/rest/issues/comments. */
export class GitHub {
  readonly pullRequest = "7";
  /** A job's token. */
  readonly token = `ghs_${randomBytes(18).toString("hex")}`;
  /** Whether the token may write comments. */
  mayWrite = true;
  readonly comments: Comment[] = [];
  readonly #server = createServer(async (request, response) => {
    const [status, body] = this.#answer(request, await text(request));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });

  static async start(): Promise<GitHub> {
    const github = new GitHub();
    github.#server.listen(0, "127.0.0.1");
    await once(github.#server, "listening");
    return github;
  }

  /** Variables that GitHub's runner sets in every step. */
  get env(): Readonly<Record<string, string>> {
    return {
      GITHUB_API_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: "octo-org/infrastructure",
      GITHUB_RUN_ID: "42",
      GITHUB_SERVER_URL: "https://github.com",
    };
  }

  /** The bodies of the comments that were written with the token. */
  get written(): string[] {
    return this.comments.filter(({ user }) => user.login === bot).map(({ body }) => body);
  }

  /** Adds a comment. */
  comment(login: string, body: string): Comment {
    const comment = { id: 1_000 + this.comments.length, user: { login }, body };
    this.comments.push(comment);
    return comment;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ method, url = "", headers }: IncomingMessage, sent: string): readonly [status: number, body: unknown] {
    if (headers.authorization !== `Bearer ${this.token}`) return [401, { message: "Bad credentials" }];
    const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
    const issues = `/repos/${this.env["GITHUB_REPOSITORY"]}/issues`;
    const isList = pathname === `${issues}/${this.pullRequest}/comments`;
    if (method === "GET" && isList) {
      const size = Math.min(Number(searchParams.get("per_page") ?? 30), 100);
      const from = (Number(searchParams.get("page") ?? 1) - 1) * size;
      return [200, this.comments.slice(from, from + size)];
    }
    const edited = this.comments.find(({ id }) => pathname === `${issues}/comments/${id}`);
    if (!(method === "POST" && isList) && !(method === "PATCH" && edited)) return [404, { message: "Not Found" }];
    if (!this.mayWrite) return [403, { message: "Resource not accessible by integration" }];
    const { body } = JSON.parse(sent) as { body: string };
    // In UTF-16 units, the largest possible count of characters.
    if (body.length > 65_536) return [422, { message: "body is too long (maximum is 65536 characters)" }];
    if (edited === undefined) return [201, this.comment(bot, body)];
    edited.body = body;
    return [200, edited];
  }
}
