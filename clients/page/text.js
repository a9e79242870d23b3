// What the page needs of linkify-it and DOMPurify to show the text of a message.

import DOMPurify from "dompurify";
import { LinkifyIt, REBuilder } from "linkify-it";

const HANGUL = "[가-힣]";
/** The top-level domains in Hangul of IANA's root zone. */
const HANGUL_TLDS = "한국|닷넷|닷컴|삼성";

/**
 * Korean puts a particle right after a word: "example.com에서". A host ends before Hangul, unless its last label is a
 * top-level domain in Hangul; its other labels may have both ("e편한세상.com").
 */
class KoreanHosts extends REBuilder {
  get_host_terminator() {
    return (this.cache.src_host_terminator ??= new RegExp(`(?:(?=${HANGUL})|${super.get_host_terminator().source})`));
  }

  get_domain_root() {
    const letter = `(?:(?!${HANGUL})${this.get_pseudo_letter().source})`;
    return (this.cache.src_domain_root ??= new RegExp(`(?:${HANGUL_TLDS}|${letter}(?:(?:-|${letter}){0,61}${letter})?)`));
  }

  get_url_host_port() {
    const host = `(?:${this.get_domain().source}\\.){0,10}${this.get_domain_root().source}`;
    const found = `(?:${this.get_ipv6_url_host().source}|${host})${this.get_port().source}`;
    return (this.cache.url_host_port ??= new RegExp(found + this.get_host_terminator().source));
  }

  get_mail_host() {
    return this.get_fuzzy_mail_host();
  }
}

/**
 * A host without a scheme is a link only where its end is one of these. linkify-it takes every country's, so that the
 * names of files would be links: Moldova's is md, Paraguay's py, Saint Helena's sh, Serbia's rs.
 */
const PLAIN_TLDS = ["com", "net", "org", "edu", "gov", "info", "biz", "app", "dev", "ai", "kr", "jp", "uk", "eu", ...HANGUL_TLDS.split("|")];

const linkify = new LinkifyIt({ fuzzyLink: true, rebuilder: new KoreanHosts() }).add("ftp:", null).add("//", null).tlds(PLAIN_TLDS);

/** Right after a path in ASCII they are particles ("example.com/a에서는"); a path in Hangul may end in them. */
const PARTICLES = /(?<=[!-~])(?:에서|에게|으로|부터|까지|처럼|보다|이랑|에|은|는|이|가|을|를|로|와|과|의|도|만|랑)+$/;

/** The links in a text, in order: `start` and `end` as for `slice`, and the URL (http, https or mailto). */
export function linksIn(text) {
  return (linkify.match(text) ?? []).map(({ index, lastIndex, url }) => {
    const [particle] = PARTICLES.exec(text.slice(index, lastIndex)) ?? [""];
    return { start: index, end: lastIndex - particle.length, url: url.slice(0, url.length - particle.length) };
  });
}

/** A DocumentFragment with what is inside an element, without all that no message needs. */
export function sanitized(element) {
  return DOMPurify.sanitize(element, {
    ALLOWED_TAGS: ["a", "code", "pre", "span", "#text"],
    ALLOWED_ATTR: ["href", "target", "rel", "class"],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    // Otherwise their values would have to be URLs, too.
    ADD_URI_SAFE_ATTR: ["target", "rel", "class"],
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}
