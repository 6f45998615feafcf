// Puts Yasgui in the place of the plain query form of /sparql. Without this script, or without Yasgui, the form stays and does the same.
// Everything is asked of this server: completion reads its vocabulary (data-terms), queries go to its endpoint (data-endpoint).
(() => {
  "use strict";
  const place = document.getElementById("editor");
  const form = document.querySelector("form.query");
  if (!place || !form || typeof Yasgui === "undefined") return;
  const { Yasqe, Yasr } = Yasgui;
  const words = JSON.parse(place.dataset.words);
  const endpoint = new URL(place.dataset.endpoint, location.href).href;
  const root = new URL(place.dataset.root, location.href).href;
  const written = document.getElementById("query").value;
  const say = (text) => words[text] ?? text;

  const link = (query) => `${endpoint}?${new URLSearchParams({ query })}`;

  // --- completion -------------------------------------------------------------------------------------------------
  let asked;
  let prefixes = {};
  const labels = new Map();
  const names = new Map();
  const terms = () => (asked ??= read());
  const read = async () => {
    try {
      const found = await (await fetch(place.dataset.terms)).json();
      prefixes = found.prefixes;
      for (const { iri, name, label } of [...found.classes, ...found.properties, ...found.concepts]) {
        names.set(iri, name);
        labels.set(name, label);
        labels.set(`<${iri}>`, label);
      }
      return found;
    } catch {
      asked = undefined;
      return { prefixes: {}, classes: [], properties: [], concepts: [] };
    }
  };

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // A term is found by the start of its IRI, of its name with or without prefix or of its label, then by any part of name or label.
  const found = (kind) => async (yasqe, token) => {
    const wanted = plain(token.string.replace(/[<>]/g, ""));
    const start = plain(token.autocompletionString ?? "");
    const all = (await terms())[kind];
    const starts = ({ iri, name, label }) =>
      [name, name.split(":").pop(), label].some((text) => plain(text).startsWith(wanted)) || (start && plain(iri).startsWith(start));
    const first = all.filter(starts);
    const other = all.filter((term) => !starts(term) && wanted.length > 1 && plain(`${term.name} ${term.label}`).includes(wanted));
    return [...first, ...other].slice(0, 100).map(({ iri }) => iri);
  };

  // The prefixed name if the query binds the prefix as we do, or does not bind it at all: then Yasgui adds the PREFIX line.
  const named = (yasqe, token, iri) => {
    const name = names.get(iri);
    const at = name.indexOf(":");
    const bound = yasqe.getPrefixesFromQuery()[name.slice(0, at)];
    return name !== iri && (bound === undefined || iri === bound + name.slice(at + 1)) ? name : `<${iri}>`;
  };
  const described = (yasqe, hints) =>
    hints.map((hint) => ({ ...hint, displayText: labels.get(hint.text) ? `${hint.text}   ${labels.get(hint.text)}` : hint.text }));

  // Yasgui takes the first letter of "aliment" for the keyword "a": the word before the cursor is put together again.
  const around = (yasqe) => {
    const { line, ch } = yasqe.getDoc().getCursor();
    const text = yasqe.getDoc().getLine(line).slice(0, ch);
    const word = text.match(/[\p{L}\p{N}_:.-]*$/u)[0];
    const start = ch - word.length;
    const state = yasqe.getTokenAt({ line, ch: start }).state;
    const broken = word !== "" && start < yasqe.getCompleteToken().start;
    const names = !/\bPREFIX\s+$/i.test(text.slice(0, start));
    return { word, start, broken, names, predicate: state.possibleNext.includes("a"), type: ["a", "rdf:type"].includes(state.lastProperty) };
  };
  const whole = (yasqe, token) => {
    const { word, start, broken } = around(yasqe);
    return broken
      ? { ...token, string: word, autocompletionString: word, from: { ch: start }, to: { ch: token.end } }
      : Yasqe.Autocompleters.iris.preProcessToken(yasqe, token);
  };
  const complete = (name, kind, fits, from = name) => {
    const rule = Yasqe.Autocompleters[from].isValidCompletionPosition;
    Yasqe.forkAutocompleter(from, {
      name,
      bulk: false,
      get: found(kind),
      preProcessToken: whole,
      postProcessSuggestion: named,
      postprocessHints: described,
      isValidCompletionPosition: (yasqe) => {
        const here = around(yasqe);
        return here.broken || from !== name ? fits(here, yasqe.getCompleteToken()) : rule(yasqe);
      },
    });
  };
  Yasqe.forkAutocompleter("class", { name: "iris" }, false);
  complete("concept", "concepts", (here, token) => here.word.length > 1 && here.names && !here.predicate && !here.type && !/^[?$"'#]/.test(token.string), "class");
  complete("class", "classes", ({ predicate, type }) => type && !predicate);
  complete("property", "properties", ({ predicate }) => predicate);
  Yasqe.forkAutocompleter("prefixes", {
    name: "prefixes",
    persistenceId: undefined,
    get: async () => Object.entries((await terms()).prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort(),
  });

  // --- answers and errors ---------------------------------------------------------------------------------------------
  const line = (tag, text, parent) => parent.appendChild(Object.assign(document.createElement(tag), { textContent: text }));

  // An error is application/problem+json (RFC 9457), which Yasr would show as it came.
  Yasr.defaults.errorRenderers = [
    async (error) => {
      const box = document.createElement("div");
      let problem;
      try {
        problem = JSON.parse(error.text);
      } catch {
        line("p", say("The server gave no answer."), box);
        line("pre", error.text, box);
        return box;
      }
      line("strong", `${problem.status} · ${problem.title}`, line("p", "", box));
      if (problem.detail) line("p", problem.detail, box);
      if (problem.message && !problem.detail?.includes(problem.message)) line("pre", problem.message, box);
      if (problem.line) {
        const cursor = { line: problem.line - 1, ch: Math.max((problem.column ?? 1) - 1, 0) };
        const button = line("button", say("Go to line {line}, column {column}").replace("{line}", problem.line).replace("{column}", problem.column), box);
        button.type = "button";
        button.onclick = () => {
          const yasqe = yasgui.getTab().getYasqe();
          yasqe.focus();
          yasqe.getDoc().setCursor(cursor);
        };
      }
      return box;
    },
  ];
  const table = Yasr.plugins.table.defaults;
  table.openIriInNewWindow = false;
  table.tableConfig.language = {
    ...table.tableConfig.language,
    info: say("_START_ to _END_ of _TOTAL_ rows"),
    infoEmpty: say("No row"),
    infoFiltered: say("(out of _MAX_)"),
    emptyTable: say("No row"),
    zeroRecords: say("No row"),
    aria: { orderable: say(": activate to sort"), orderableReverse: say(": activate to sort the other way"), orderableRemove: say(": activate to stop sorting") },
  };

  // --- the editor -----------------------------------------------------------------------------------------------------
  form.hidden = true;
  place.hidden = false;
  document.querySelector(".editor-hint").hidden = false;
  Yasgui.Tab.prototype.getShareableLink = function () {
    return link(this.getQuery());
  };
  const yasgui = new Yasgui(place, {
    persistenceId: `ess-lod ${endpoint}`,
    populateFromUrl: false,
    autofocus: false,
    contextMenuContainer: place,
    tabName: say("Query"),
    endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
    requestConfig: { endpoint, method: "POST", headers: { "Accept-Language": document.documentElement.lang } },
    yasr: { prefixes: () => ({ ...prefixes, id: `${place.dataset.base}id/` }) },
    yasqe: { value: written, autocompleters: ["variables", "prefixes", "property", "class", "concept"], editorHeight: "22rem", inputStyle: "contenteditable" },
  });
  for (const tab of Object.values(yasgui._tabs)) tab.setEndpoint(endpoint);

  // A list of tabs holds tabs only (WAI-ARIA): the button that opens one stands beside it. Yasgui puts new tabs before addTabEl, or at the end without it.
  const tabs = place.querySelector(".tabsList");
  const bar = Object.assign(document.createElement("div"), { className: "tabsBar" });
  tabs.replaceWith(bar);
  bar.append(tabs, yasgui.tabElements.addTabEl);
  yasgui.tabElements.addTabEl = undefined;

  const open = (query, name) => {
    const same = Object.values(yasgui._tabs).find((tab) => tab.getPersistedJson().yasqe.value === query);
    if (same) yasgui.selectTabId(same.getId());
    else yasgui.addTab(true, { name: name ?? yasgui.createTabName(), yasqe: { value: query } });
    return yasgui.getTab();
  };
  if (place.dataset.asked) open(written);

  // What the server wrote for the query of the address is out of date as soon as another one is asked.
  yasgui.on("query", () => document.querySelectorAll(".answer, .query-error").forEach((part) => (part.hidden = true)));

  for (const example of document.querySelectorAll("a.load"))
    example.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const tab = open(new URL(example.href).searchParams.get("query"), example.dataset.name);
      place.scrollIntoView({ block: "start" });
      tab.query().catch(() => {});
    });

  // --- words and links ------------------------------------------------------------------------------------------------
  // Yasgui speaks English only: what it writes is put into the language of the page as it appears. IRIs of this dataset lead to this server.
  const timed = /^(?:(\d+) results?|Response) in ([\d.]+) seconds$/;
  const decimal = (text) => Number(text).toLocaleString(document.documentElement.lang);
  const translate = (part) => {
    for (const name of ["title", "aria-label", "placeholder"]) {
      const text = part.getAttribute(name);
      if (text && words[text] && words[text] !== text) part.setAttribute(name, words[text]);
    }
    for (const child of part.childNodes) {
      const text = child.nodeType === Node.TEXT_NODE ? child.data.trim() : "";
      if (text && words[text] && words[text] !== text) child.data = child.data.replace(text, words[text]);
      const took = text.match(timed);
      if (took) child.data = say(took[1] ? "{n} rows in {seconds} s" : "{seconds} s").replace("{n}", took[1]).replace("{seconds}", decimal(took[2]));
    }
    const name = Object.entries({ ".yasqe .CodeMirror-code": "Query", ".yasr textarea": "Response", "select.tableSizer": "Page size:" }).find(([each]) => part.matches(each))?.[1];
    if (name && part.getAttribute("aria-label") !== say(name)) part.setAttribute("aria-label", say(name));
    if (part.matches("thead th .dt-column-title:empty")) part.textContent = "#"; // the column of row numbers
    if (part.matches(".context-menu hr")) part.remove(); // a list holds items only
    if (part.matches(".yasqe .CodeMirror-code[role=presentation]")) {
      part.setAttribute("role", "textbox");
      part.setAttribute("aria-multiline", "true");
    }
    if (part.matches("a.iri") && part.href.startsWith(place.dataset.base)) {
      part.href = root + part.href.slice(place.dataset.base.length);
    }
  };
  const renew = (part) => {
    if (part.nodeType !== Node.ELEMENT_NODE || part.closest(".CodeMirror-code")) return;
    translate(part);
    part.querySelectorAll("[title], [aria-label], [placeholder], a, button, span, option, label, div, th, li, hr, textarea, select").forEach((each) => each.parentElement?.closest(".CodeMirror-code") || translate(each));
  };
  renew(place);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach((part) => renew(part.nodeType === Node.TEXT_NODE ? change.target : part));
      else if (change.target.nodeType === Node.ELEMENT_NODE) translate(change.target);
    }
  }).observe(place, { subtree: true, childList: true, attributes: true, attributeFilter: ["title", "aria-label", "placeholder"] });

  terms().then(() => (place.dataset.ready = "true"));
})();
