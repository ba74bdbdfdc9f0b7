/** undici's pool by itself: the package's front door also loads fetch, WebSocket and caches, 8 MB nobody here uses. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}
