// The conformance suite asks for a function of `fs` that Node has since version 22. The suite of servers never calls it.
import { register } from 'node:module';

const withGlobSync = `
  export * from 'node:fs';
  export const globSync = () => { throw new Error('fs.globSync needs Node 22.'); };
`;
const hook = `
  export async function resolve(specifier, context, next) {
    const asked = specifier === 'fs' && context.parentURL?.includes('/@modelcontextprotocol/conformance/');
    return asked
      ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(withGlobSync)}`)}, shortCircuit: true }
      : next(specifier, context);
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
