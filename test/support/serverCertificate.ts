/** The certificate of machine.example, which no authority has signed. */
export const serverCertificate = `-----BEGIN CERTIFICATE-----
MIIBqDCCAU2gAwIBAgIUXhoK5SsCSIX8zhxfIVhfMI7jrocwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPbWFjaGluZS5leGFtcGxlMCAXDTI2MTEyODAzMjUxMloYDzIx
MjYxMTA0MDMyNTEyWjAaMRgwFgYDVQQDDA9tYWNoaW5lLmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARxhAU14fcPwd1z8BtpAV7XzJw1qnd0o4MDQKHS
BphNSaiuOET9ebCIJgV+nEmR1AdURgXHelj07KDo5kX054Dno28wbTAdBgNVHQ4E
FgQUddoEWqf2kEsge5a1FFBuV7/2lsowHwYDVR0jBBgwFoAUddoEWqf2kEsge5a1
FFBuV7/2lsowDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgg9tYWNoaW5lLmV4
YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIhAKNMXVOMOj1kMymvZpLorqwwT7kkYqjo
u6ueEcmgjMdqAiEAgQ0fsQ0OQQXJ6FZN/5sgkWIysrLZ5r7of0WUkEV8MEA=
-----END CERTIFICATE-----
`;

/** Its key, which is in a repository and so no secret; the word before it is for tests that look for secrets. */
export const serverKey = `SECRET
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9mMdwSkesF3GUw5w
w7goY/BuqtQ7abndBnvdLhMwoQ+hRANCAARxhAU14fcPwd1z8BtpAV7XzJw1qnd0
o4MDQKHSBphNSaiuOET9ebCIJgV+nEmR1AdURgXHelj07KDo5kX054Dn
-----END PRIVATE KEY-----
`;

/** One of the same key, until the year 2026. */
export const expiredCertificate = `-----BEGIN CERTIFICATE-----
MIIBeDCCAR+gAwIBAgIUDI01XWQRgKeEwXMWiIHdLKICMTkwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHZXhwaXJlZDAeFw0yNTAxMDEwMDAwMDBaFw0yNjAxMDEwMDAw
MDBaMBIxEDAOBgNVBAMMB2V4cGlyZWQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARxhAU14fcPwd1z8BtpAV7XzJw1qnd0o4MDQKHSBphNSaiuOET9ebCIJgV+nEmR
1AdURgXHelj07KDo5kX054Dno1MwUTAdBgNVHQ4EFgQUddoEWqf2kEsge5a1FFBu
V7/2lsowHwYDVR0jBBgwFoAUddoEWqf2kEsge5a1FFBuV7/2lsowDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBh/MyiVlAc81Tsf/XBzBHfr/ipseoX
hrA801sqKKzn+QIgXv/PuNIH9uOXI5AyNVW3CoOuBOpUwU2CLp9o1Ch5LPk=
-----END CERTIFICATE-----
`;

/** Keys that are not that one: of another certificate, and of a kind that signs nothing. */
export const otherKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIPzfCd0YD7g2UbQ1f8nibxCBNJPyQu/0clgKBM7Q43a8
-----END PRIVATE KEY-----
`;
export const agreementKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIHA0iARBOHG326A0qHpNPnkm/BnnSUJYxenIsK4Tt0xN
-----END PRIVATE KEY-----
`;
