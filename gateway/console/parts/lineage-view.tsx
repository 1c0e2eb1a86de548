import { useEffect, useRef, useState } from "preact/hooks";
import { addApplications, applicationsBelow } from "../add-applications.ts";
import type { LineagePicture, PlacedNode } from "../layout-lineage.ts";
import { LINEAGE, type LineageGraph } from "../queries/lineage.ts";
import { linkTo } from "../route.ts";
import { useAsked } from "../use-asked.ts";
import { Failure, Guarded, Loading, Nothing } from "./states.tsx";

export interface LineageViewProps {
  readonly of: string;
  readonly direction: "UPSTREAM" | "DOWNSTREAM" | "BOTH";
  readonly depth: number;
}

const CHARACTERS = 27;

/** Where data comes from and where it goes: a picture whose places lead on, and the same in words. */
export function LineageView(props: LineageViewProps) {
  const { answer, refusal } = useAsked<{ lineage: LineageGraph | null }>(LINEAGE, { ...props });
  const graph = answer?.data.lineage ?? null;
  const picture = usePicture(graph, props.of);
  if (refusal) return <Failure refusal={refusal} />;
  if (answer === null) return <Loading />;
  const [withheld] = answer.refusals;
  if (graph === null && withheld) return <Failure refusal={withheld} />;
  const applications = graph === null ? [] : applicationsBelow(graph, props.of);
  if (graph === null || (graph.nodes.length < 2 && applications.length === 0))
    return (
      <Nothing
        title="No lineage is known of it."
        hint="Domains state it with @lineage; pipelines report it."
      />
    );
  return (
    <>
      {picture && <Picture picture={picture} of={props.of} />}
      <Legend graph={graph} />
      {graph.isTruncated && (
        <p class="quiet">
          There is more beyond {props.depth} steps:{" "}
          <a href={linkTo("lineage", props.of, { depth: "10" })}>show it</a>.
        </p>
      )}
      {graph.edges.length > 0 && <Steps graph={graph} />}
      <h3>Applications</h3>
      <Guarded value={graph.consumers} name="consumers" refusals={answer.refusals}>
        {applications.length === 0 && <p class="quiet">None in the last 90 days.</p>}
        <ul class="steps">
          {applications.map(({ field, application, operations }) => (
            <li key={`${field} ${application}`}>
              <code>{field}</code> → {application || "(without a name)"}:{" "}
              {operations.map(({ name, hash }) => name || hash.slice(0, 8)).join(", ")}
            </li>
          ))}
        </ul>
      </Guarded>
    </>
  );
}

/** The layout is a script of its own: pages without a graph do not load it. */
function usePicture(graph: LineageGraph | null, of: string): LineagePicture | null {
  const [picture, setPicture] = useState<LineagePicture | null>(null);
  useEffect(() => {
    let isCurrent = true;
    if (graph)
      import("../layout-lineage.ts").then(({ layoutLineage }) => {
        if (isCurrent) setPicture(layoutLineage(addApplications(graph, of)));
      });
    return () => {
      isCurrent = false;
    };
  }, [graph, of]);
  return picture;
}

function Picture({ picture, of }: { readonly picture: LineagePicture; readonly of: string }) {
  const { width, height, nodes, edges } = picture;
  const scrolled = useRef<HTMLElement>(null);
  // On a narrow screen the place that it is about is what one sees first.
  useEffect(() => {
    const here = picture.nodes.find(({ id }) => id === of);
    const section = scrolled.current;
    if (section && here) section.scrollLeft = here.x + (here.width - section.clientWidth) / 2;
  }, [picture, of]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll lineage" ref={scrolled} tabIndex={0} aria-label="Lineage, from left to right">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <title>Lineage of {of}</title>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0,0 L8,4 L0,8 z" />
          </marker>
        </defs>
        {edges.map(({ from, to, by, kind, isMasking, reportedBy, path }) => (
          <path
            key={`${from} ${to} ${by} ${reportedBy}`}
            class={`edge ${kind.toLowerCase()}${isMasking ? " masking" : ""}`}
            d={path}
            marker-end="url(#arrow)"
          >
            <title>{[by, reportedBy && `reported by ${reportedBy}`].filter(Boolean).join(", ")}</title>
          </path>
        ))}
        {nodes.map((node) => (
          <Node key={node.id} node={node} isHere={node.id === of} />
        ))}
      </svg>
    </section>
  );
}

/** What the lines mean, as far as they are not all plain. */
function Legend({ graph: { edges } }: { readonly graph: LineageGraph }) {
  const said = [
    edges.some(({ kind }) => kind === "INDIRECT") &&
      "A dashed line decides what appears: a join or a filter.",
    edges.some(({ isMasking }) => isMasking) && "A coloured line is masked on its way.",
  ].filter(Boolean);
  return said.length === 0 ? null : <p class="quiet legend">{said.join(" ")}</p>;
}

function Node({ node, isHere }: { readonly node: PlacedNode; readonly isHere: boolean }) {
  const { id, kind, name, about, x, y, width, height } = node;
  const drawn = (
    <>
      <title>{`${kind === "APPLICATION" ? name : id}, ${about}`}</title>
      <rect
        class={`node ${kind.toLowerCase()}${isHere ? " here" : ""}`}
        x={x}
        y={y}
        width={width}
        height={height}
        rx="6"
      />
      <text class="name" x={x + 10} y={y + 19}>
        {shorten(name)}
      </text>
      <text class="about" x={x + 10} y={y + 36}>
        {shorten(about)}
      </text>
    </>
  );
  if (kind === "APPLICATION") return <g>{drawn}</g>;
  return (
    <a href={linkTo("lineage", id)} aria-current={isHere ? "location" : undefined}>
      {drawn}
    </a>
  );
}

function Steps({ graph: { edges } }: { readonly graph: LineageGraph }) {
  return (
    <details>
      <summary>{edges.length === 1 ? "The step in words" : `The ${edges.length} steps in words`}</summary>
      <ul class="steps">
        {edges.map(({ from, to, kind, by, isMasking, reportedBy }) => (
          <li key={`${from} ${to} ${by} ${reportedBy}`}>
            <a href={linkTo("lineage", from)}>{from}</a> → <a href={linkTo("lineage", to)}>{to}</a>{" "}
            <span class="quiet">
              {kind.toLowerCase()}
              {by && `, by ${by}`}
              {isMasking && ", masked on its way"}
              {reportedBy && `, reported by ${reportedBy}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The end of a long name tells more than its beginning. */
function shorten(text: string): string {
  return text.length <= CHARACTERS ? text : `…${text.slice(1 - CHARACTERS)}`;
}
