"""Adobe's S3Mock, from its self-contained jar."""

from lab.packages import JAVA, MavenJar
from lab.server import Credentials, Running, Server
from lab.site import HOST, Site

ANYBODY = Credentials(access_key="labmain", secret_key="lab-main-secret")
"""S3Mock verifies no signature."""

KMS_KEY = "5ca1ab1e-0000-4000-8000-000000000001"
"""It is declared by its ARN and found by its id."""

LOOPBACK = """\
<beans xmlns="http://www.springframework.org/schema/beans"
       xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
       xsi:schemaLocation="http://www.springframework.org/schema/beans
                           http://www.springframework.org/schema/beans/spring-beans.xsd">
  <bean id="webServerFactory" factory-bean="s3MockConfiguration" factory-method="webServerFactory"
        autowire="constructor">
    <property name="additionalTomcatConnectors[0].protocolHandler.address" value="{host}"/>
  </bean>
</beans>
"""
"""Its HTTP listener is one more beside HTTPS, and no option keeps that one off other interfaces."""


def launch(site: Site) -> Running:
    """Start it on the loopback alone."""
    settings = {
        "spring.main.sources": site.write("loopback.xml", LOOPBACK.format(host=HOST)).as_uri(),
        "spring.main.allow-bean-definition-overriding": "true",
        "server.address": HOST,
        "server.port": site.free_port(),
        "com.adobe.testing.s3mock.httpPort": site.port,
        "com.adobe.testing.s3mock.store.validKmsKeys": f"arn:aws:kms:us-east-1:1:key/{KMS_KEY}",
        "com.adobe.testing.s3mock.store.root": site.work_dir / "root",
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    site.spawn([*site.jar("s3mock-exec"), *options])
    return Running(url=site.url, credentials=ANYBODY, kms_key_id=KMS_KEY)


SERVER = Server(
    name="s3mock",
    lineage="Adobe S3Mock",
    version="4.11.0",
    packages=(
        JAVA,
        MavenJar("com.adobe.testing:s3mock:4.11.0:jar:exec"),
    ),
    launch=launch,
    patience=120.0,
)
