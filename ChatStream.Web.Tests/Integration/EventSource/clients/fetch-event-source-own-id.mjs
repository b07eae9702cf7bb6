import { reader } from './fetch-event-source.mjs';

export default reader(true);
