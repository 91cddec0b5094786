"""Tell what has been measured."""

from attrs import frozen

from application.metrics_ports import Exposition, Measurements


@frozen
class TellMeasurements:
    """Tells who watches over the server."""

    measurements: Measurements

    async def execute(self, accept: str) -> Exposition:
        """Tell it in the format that is accepted best."""
        return await self.measurements.written(accept)
