/** A run's name of which the folder gives way first: its end tells it from its neighbours. */
export function RunName({ run }: { readonly run: string }) {
  const leafAt = run.lastIndexOf("/") + 1;
  return (
    <span class="run-name-parts">
      {leafAt > 0 && <bdi class="run-folder">{run.slice(0, leafAt)}</bdi>}
      <bdi class="run-leaf">{run.slice(leafAt)}</bdi>
    </span>
  );
}
