export { syncFolder as syncDirectory } from '@escarp/owned-files';
