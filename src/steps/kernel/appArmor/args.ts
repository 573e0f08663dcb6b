/** Whether rootlesskit gets an AppArmor profile that lets it make user namespaces. */
export const AppArmorProfile = {
  /**
   * Where the kernel restricts unprivileged user namespaces
   * (`kernel.apparmor_restrict_unprivileged_userns` is 1, as on Ubuntu 24.04 and later) and no profile
   * of the host's own names rootlesskit: a profile with the one permission `userns`. Elsewhere nothing.
   */
  Auto: "Auto",
  /** No profile is written; where the kernel restricts user namespaces, the daemon does not start. */
  None: "None",
} as const;
export type AppArmorProfile = (typeof AppArmorProfile)[keyof typeof AppArmorProfile];
