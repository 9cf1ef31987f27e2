import InlineWorker from "./worker?worker&inline";

/** The worker's code travels in the page in both builds: a page opened from file:// may start no other script. */
export const startWorker = (): Worker => new InlineWorker();
