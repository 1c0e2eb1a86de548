/* The query page: GraphiQL, and a row of callers to run queries as. */
(async () => {
  const { React, ReactDOM, GraphiQL } = window;
  const { personas, query, hasConsole } = await (await fetch("/graphiql/personas.json")).json();
  const callers = [{ name: "anonymous", description: "no token", token: null }, ...personas];
  const wanted = new URLSearchParams(location.search).get("as");
  document.getElementById("console").hidden = !hasConsole;
  let current = callers.find(({ name }) => name === wanted) ?? callers[1] ?? callers[0];

  const choose = (caller) => {
    current = caller;
    for (const button of document.querySelectorAll("#personas button")) {
      const isChosen = button.textContent === caller.name;
      button.setAttribute("aria-checked", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
    document.getElementById("about").textContent = caller.description;
  };
  const bar = document.getElementById("personas");
  for (const caller of callers) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = caller.name;
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => choose(caller));
    bar.append(button);
  }
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (callers.indexOf(current) + step + callers.length) % callers.length;
    choose(callers[next]);
    bar.children[next].focus();
  });
  choose(current);

  const fetcher = async (parameters, options) => {
    const authorization = current.token ? { authorization: `Bearer ${current.token}` } : {};
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", ...authorization, ...options?.headers },
      body: JSON.stringify(parameters),
    });
    return response.json();
  };
  const page = React.createElement(GraphiQL, { fetcher, defaultQuery: query, shouldPersistHeaders: false });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(page);
})();
