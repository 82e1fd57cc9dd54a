/** What a slot can keep between its holders, by the names that the options and the folders of profiles have. */
export const poolTiers = ['autonomous', 'delegated', 'supervised'] as const;
