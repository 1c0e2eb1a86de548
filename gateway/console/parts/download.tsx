export interface DownloadProps {
  readonly path: string;
  readonly file: string;
  readonly name: string;
}

/** Saves a file of the gateway that is open to everybody. */
export function Download({ path, file, name }: DownloadProps) {
  return (
    <a class="button" href={path} download={file}>
      {name}
    </a>
  );
}
