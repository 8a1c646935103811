/** The document that a page's bundle is loaded in. Nothing in it is inline, and nothing comes from elsewhere. */

export interface PageParts {
  /** Name of the page's bundle, and id of the element that it fills. */
  readonly page: string;
  readonly title: string;
  /** Allows this one script, and the rule by which the toolkit finds out how to show the focus. */
  readonly nonce: string;
  /** Where styles and fonts may come from. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
}

export function pageHtml({ page, title, nonce, cspSource, script, style }: PageParts): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource} 'nonce-${nonce}'; font-src ${cspSource}; img-src data:;">
    <meta property="csp-nonce" content="${nonce}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="stylesheet" href="${style}">
  </head>
  <body>
    <main id="${page}"><h1 class="spoken">${title}</h1></main>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
