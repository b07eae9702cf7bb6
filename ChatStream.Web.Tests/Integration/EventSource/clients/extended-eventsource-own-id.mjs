import { reader } from './extended-eventsource.mjs';

export default reader(true);
