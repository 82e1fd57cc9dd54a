/** How much a slot keeps between its holders, by the names that options and the folders of profiles have. */
export const tiers = ['autonomous', 'delegated', 'supervised'] as const;

/** The tier is part of the profile's path. */
export type Tier = (typeof tiers)[number];
