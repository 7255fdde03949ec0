import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Who a workflow's own token writes as. */
const bot = "github-actions[bot]";

const written = z.object({ body: z.string() });

/** The part of GitHub's REST API that has the comments of one pull request. Source: docs.github.com/rest/issues/comments. */
export class GitHub {
  readonly repository = "octo-org/infrastructure";
  readonly pullRequest = 7;
  /** A job's token. */
  readonly token = `ghs_${randomBytes(18).toString("hex")}`;
  /** Whether the job may write comments. */
  mayWrite = true;
  readonly comments: Comment[] = [];
  readonly #server = createServer(async (request, response) => {
    const { status, body } = this.#answer(request, await text(request));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });

  static async start(): Promise<GitHub> {
    const github = new GitHub();
    github.#server.listen(0, "127.0.0.1");
    await once(github.#server, "listening");
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A comment, of whomever. */
  comment(login: string, body: string): Comment {
    const comment = { id: 1_000 + this.comments.length, user: { login }, body };
    this.comments.push(comment);
    return comment;
  }

  /** The bodies of the bot's comments. */
  get written(): string[] {
    return this.comments.filter(({ user }) => user.login === bot).map(({ body }) => body);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ method, url = "", headers }: IncomingMessage, sent: string): Answer {
    const { pathname, searchParams } = new URL(url, this.url);
    if (headers.authorization !== `Bearer ${this.token}`) return refusal(401, "Bad credentials");
    const issues = `/repos/${this.repository}/issues`;
    const ofPullRequest = pathname === `${issues}/${this.pullRequest}/comments`;
    if (method === "GET" && ofPullRequest) {
      const size = Math.min(Number(searchParams.get("per_page") ?? 30), 100);
      const from = (Number(searchParams.get("page") ?? 1) - 1) * size;
      return { status: 200, body: this.comments.slice(from, from + size) };
    }
    const edited = this.comments.find(({ id }) => pathname === `${issues}/comments/${id}`);
    if (!(method === "POST" && ofPullRequest) && !(method === "PATCH" && edited)) return refusal(404, "Not Found");
    if (!this.mayWrite) return refusal(403, "Resource not accessible by integration");
    const { body } = written.parse(JSON.parse(sent));
    // Counted as JavaScript does, which is never less than another way.
    if (body.length > 65_536) return refusal(422, "body is too long (maximum is 65536 characters)");
    if (edited === undefined) return { status: 201, body: this.comment(bot, body) };
    edited.body = body;
    return { status: 200, body: edited };
  }
}

function refusal(status: number, message: string): Answer {
  return { status, body: { message } };
}
