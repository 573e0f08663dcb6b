/** Whether rootlesskit gets an AppArmor profile that lets it make user namespaces. */
export const AppArmorProfile = {
  /**
   * If the kernel restricts user namespaces, as on Ubuntu 24.04, and no profile names rootlesskit, it gets a
   * profile with the one permission `userns`.
   */
  Auto: "Auto",
  /** No profile is written. If the kernel restricts user namespaces, the daemon does not start. */
  None: "None",
} as const;
export type AppArmorProfile = (typeof AppArmorProfile)[keyof typeof AppArmorProfile];
