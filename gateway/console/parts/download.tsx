import { useState } from "preact/hooks";
import { askFile, type Refusal, toRefusal } from "../ask.ts";
import { useLooking } from "../session.ts";
import { Failure } from "./states.tsx";

export interface DownloadProps {
  readonly path: string;
  readonly file: string;
  readonly name: string;
}

/** Saves a file of the gateway, asked for with the caller's token, which a link alone would not send. */
export function Download({ path, file, name }: DownloadProps) {
  const { caller } = useLooking();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const save = async (event: Event) => {
    event.preventDefault();
    setRefusal(null);
    try {
      saveAs(file, await askFile(path, { token: caller.token }));
    } catch (error) {
      setRefusal(toRefusal(error));
    }
  };
  return (
    <>
      <a class="button" href={path} download={file} onClick={save}>
        {name}
      </a>
      {refusal && <Failure refusal={refusal} />}
    </>
  );
}

function saveAs(file: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
