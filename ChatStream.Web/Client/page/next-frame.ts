const tasks = new Set<() => void>();
let then = () => {};

/** Runs a task on the next animation frame, once, however often it is asked for. */
export function onNextFrame(task: () => void): void {
  if (tasks.size === 0) requestAnimationFrame(runTasks);
  tasks.add(task);
}

/** Runs after the tasks of each frame. */
export function afterTasks(task: () => void): void {
  then = task;
}

function runTasks(): void {
  const due = [...tasks];
  tasks.clear();
  for (const task of due) task();
  then();
}
