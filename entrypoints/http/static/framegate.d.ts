/** What your backend answers: the body of framegate's POST /auth/create-session, as it came. */
export interface Session {
  session_id: string;
  /** Needed only where no `src` is given, and then it must be absolute. */
  iframe_url?: string;
}

export interface EmbedOptions {
  /** Where framegate is, such as "https://frame.example". */
  src?: string;
  /** Your backend's address for a session, asked by POST. */
  sessionUrl?: string;
  /** Asked for a session in place of `sessionUrl`. */
  session?: () => Promise<Session>;
  /** The page to show, a path at `src`; the default is framegate's own `/client/iframe.html`. */
  to?: string;
  /** What the frame is, for screen readers. */
  title?: string;
  /** Permissions Policy of the frame, as an iframe's `allow`. */
  allow?: string;
  /** Whether the frame has the height of its page, whatever that becomes. */
  resize?: boolean;
}

export interface EmbedEvents {
  /** The page is there; `again` by the grant of before: after a reload, or a time without an answer. `session` is a fingerprint, no secret. */
  ready: CustomEvent<{ session: string; hold: "cookie" | "bearer"; again: boolean; endsInSeconds: number }>;
  /** framegate said no, and the person reads why; where another session helps it is asked for, else there is an `error`. */
  refused: CustomEvent<{ code: string; status: number }>;
  /** The grant has ended or was revoked; another session is asked for. */
  expired: CustomEvent<Record<string, never>>;
  /** Something that needs you: `src`, `session_url`, `no_answer`, or a code of framegate's. It may be trying on. */
  error: CustomEvent<{ code: string; message: string }>;
  /** The height of the page in CSS pixels. */
  resize: CustomEvent<{ height: number }>;
}

export interface Embed extends EventTarget {
  readonly frame: HTMLIFrameElement;
  /** Asks for another session now. */
  refresh(): Promise<void>;
  /** Takes the frame away. */
  close(): void;
  addEventListener<K extends keyof EmbedEvents>(type: K, listener: (event: EmbedEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
}

export function embed(place: Element, options: EmbedOptions): Embed;

export class FramegateEmbed extends HTMLElement {
  readonly frame: HTMLIFrameElement | null;
  refresh(): Promise<void> | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "framegate-embed": FramegateEmbed;
  }
}
